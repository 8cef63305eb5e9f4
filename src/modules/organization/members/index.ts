import type { Module } from "../../../http/module.ts";
import { text } from "../../../web/kit/languages.ts";
import { membership } from "./exports.ts";
import { adminRoutes, type Ports, routes } from "./routes.ts";

export type { Member } from "./members.ts";
export { activate, addMember, AlreadyMember, alreadyMember, type AuditContext } from "./join.ts";

const events = {
  "member.created": "Somebody became a member",
  "member.updated": "A member's roles were changed",
  "member.deleted": "A member left or was removed",
} as const;

declare module "../../../core/audit.ts" {
  interface DeclaredEvents {
    members: typeof events;
  }
}

// better-auth's routes ask for member:create|update|delete by these names.
export const members: Module<Ports> = {
  name: "members",
  mounts: { "/orgs/{org}/members": routes, "/admin/orgs/{orgId}/members": adminRoutes },
  permissions: ["member:create", "member:read", "member:update", "member:delete"],
  names: {
    member: text("Members", "Mitglieder"),
    "member:create": text("Add", "Hinzufügen"),
    "member:update": text("Change roles", "Rollen ändern"),
    "member:delete": text("Remove", "Entfernen"),
  },
  grants: {
    admin: ["member:create", "member:read", "member:update", "member:delete"],
    member: ["member:read"],
    viewer: ["member:read"],
  },
  events,
  exports: { organization: { membership } },
};
