import type { Module } from "../../../http/module.ts";
import { text } from "../../../web/kit/languages.ts";
import { received, sent } from "./exports.ts";
import { myRoutes, type Ports as ReceivedPorts } from "./received-routes.ts";
import { type Ports, routes } from "./routes.ts";

export { type MyInvitation } from "./received.ts";
export type { SentInvitation } from "./schemas.ts";

const events = {
  "invitation.created": "Somebody was invited",
  "invitation.updated": "An invitation was changed",
  "invitation.resent": "An invitation was sent again",
  "invitation.accepted": "An invitation was accepted",
  "invitation.rejected": "An invitation was declined",
  "invitation.canceled": "An invitation was withdrawn",
  "invitation.deleted": "An invitation was deleted along with its sender",
} as const;

declare module "../../../core/audit.ts" {
  interface DeclaredEvents {
    invitations: typeof events;
  }
}

// better-auth's routes ask for invitation:create|cancel by these names.
export const invitations: Module<Ports & ReceivedPorts> = {
  name: "invitations",
  mounts: { "/orgs/{org}/invitations": routes, "/me/invitations": myRoutes },
  permissions: ["invitation:create", "invitation:read", "invitation:cancel"],
  names: {
    invitation: text("Invitations", "Einladungen"),
    "invitation:create": text("Invite and send again", "Einladen und erneut senden"),
    "invitation:cancel": text("Withdraw", "Zurückziehen"),
  },
  grants: { admin: ["invitation:create", "invitation:read", "invitation:cancel"] },
  events,
  samples: {
    invitations: {
      table: "invitation",
      row: (name) => ({ email: `${name}@example.com`, expiresAt: new Date("2999-01-01") }),
    },
  },
  exports: { account: { receivedInvitations: received }, organization: { sentInvitations: sent } },
};
