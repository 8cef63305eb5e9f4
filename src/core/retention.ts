/** For how many days each kind of row is kept after its end, and people without an account at least, as the settings say. */
export type Retention = Readonly<
  Record<"sessions" | "verifications" | "invitations" | "keys" | "usage" | "jobs" | "visits" | "people", number>
>;
