import type { Module } from "../../http/module.ts";
import { routes } from "./routes.ts";

export { activate, addMember, AlreadyMember, alreadyMember, type Joining } from "./join.ts";
export { getMember } from "./members.ts";
export { type Giver, grantable, refuseBeyond, refuseUnknownRole, RoleBeyondYours, RoleInput } from "./roles.ts";

// better-auth's routes ask for member:create|update|delete by these names.
export const members: Module = {
  name: "members",
  path: "/orgs/{org}/members",
  routes,
  permissions: ["member:create", "member:read", "member:update", "member:delete"],
  grants: {
    admin: ["member:create", "member:read", "member:update", "member:delete"],
    member: ["member:read"],
    viewer: ["member:read"],
  },
};
