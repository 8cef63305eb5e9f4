import type { Module } from "../../http/module.ts";
import { lockRoutes } from "./entry-routes.ts";
import { permissionRoutes, routes } from "./routes.ts";

// better-auth's routes ask for ac:create|read|update|delete, which are these.
export const roles: Module = {
  name: "roles",
  path: "/orgs/{org}/roles",
  routes,
  permissions: ["role:create", "role:read", "role:update", "role:delete"],
  grants: {
    admin: ["role:create", "role:read", "role:update", "role:delete"],
    member: ["role:read"],
    viewer: ["role:read"],
  },
};

export const permissions: Module = {
  name: "permissions",
  path: "/orgs/{org}/permissions",
  routes: permissionRoutes,
};

export const adminRoles: Module = { name: "admin-roles", path: "/admin/orgs/{orgId}/roles", routes: lockRoutes };
