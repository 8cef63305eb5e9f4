import type { Module } from "../../../http/module.ts";
import { text } from "../../../web/kit/languages.ts";
import { lockRoutes } from "./entry-routes.ts";
import { permissionRoutes, type Ports, routes } from "./routes.ts";

export {
  grantableRoles,
  grantor,
  PermissionBeyondYours,
  refuseBeyond,
  RoleBeyondYours,
  type RoleGrantor,
  type RoleManager,
  unknownRole,
} from "./grants.ts";
export type { CataloguedPermission } from "./catalogue.ts";
export { type Role, type RoleEntries, type RoleEntry, RoleInput } from "./schemas.ts";

const events = {
  "role.created": "A role was created",
  "role.updated": "A role's description or permissions were changed",
  "role.deleted": "A role was deleted",
} as const;

declare module "../../../core/audit.ts" {
  interface DeclaredEvents {
    roles: typeof events;
  }
}

// better-auth's routes ask for ac:create|read|update|delete, which are these.
export const roles: Module<Ports> = {
  name: "roles",
  mounts: {
    "/orgs/{org}/roles": routes,
    "/orgs/{org}/permissions": permissionRoutes,
    "/admin/orgs/{orgId}/roles": lockRoutes,
  },
  permissions: ["role:create", "role:read", "role:update", "role:delete"],
  names: {
    role: text("Roles", "Rollen"),
  },
  grants: {
    admin: ["role:create", "role:read", "role:update", "role:delete"],
    member: ["role:read"],
    viewer: ["role:read"],
  },
  samples: {
    roles: { table: "organization_role", key: "role", row: (role) => ({ role, permission: "{}" }) },
    permissions: { value: "member:read" },
  },
  events,
};
