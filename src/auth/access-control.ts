import { adminAc, userAc } from "better-auth/plugins/admin/access";
import { createAccessControl } from "better-auth/plugins/access";
import type { RolePermissions } from "../core/access/permission.ts";

/** Actions by resource, which is how better-auth writes permissions. */
export type Statements = Record<string, string[]>;

/** Permissions in better-auth's form and words: what is `role` here is `ac` there. */
export function statementsOf(permissions: Iterable<string>): Statements {
  const byResource: Statements = {};
  for (const permission of permissions) {
    const [resource = "", action = ""] = permission.split(":");
    (byResource[resource === "role" ? "ac" : resource] ??= []).push(action);
  }
  return byResource;
}

/** The service's roles in better-auth's form, so that its routes and ours give the same answer. */
export function accessControl(roles: RolePermissions) {
  const ac = createAccessControl(statementsOf(roles.get("owner") ?? []));
  return {
    ac,
    roles: Object.fromEntries([...roles].map(([name, permissions]) => [name, ac.newRole(statementsOf(permissions))])),
  };
}

/** Those there are: better-auth stores any other name unless they are listed. Without a prototype, whose names it would take. */
export const platformRoles = Object.assign(Object.create(null) as object, { admin: adminAc, user: userAc });
