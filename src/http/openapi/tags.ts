/** What operations stand under in the reference. */
export type Tag = { readonly name: string; readonly description: string };

/** Every tag that several modules' operations stand under. Another is its module's own. */
export const tags = {
  operations: {
    name: "Operations",
    description: "What orchestrators, load balancers and OAuth clients ask of the service itself.",
  },
  me: { name: "Me", description: "The signed-in person: account, profile, sessions, and what they are invited to." },
  administration: {
    name: "Administration",
    description: "For platform administrators, a role that no organization gives. Others get 404.",
  },
} as const satisfies Record<string, Tag>;
