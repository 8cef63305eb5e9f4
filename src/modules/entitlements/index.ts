import type { Module } from "../../http/module.ts";
import { adminRoutes, catalogueRoutes, type Ports, routes } from "./routes.ts";

export const entitlements: Module<Ports> = {
  name: "entitlements",
  path: "/orgs/{org}/entitlements",
  routes,
  permissions: ["entitlement:read"],
  grants: { admin: ["entitlement:read"] },
};

export const adminEntitlements: Module<Ports> = {
  name: "admin-entitlements",
  path: "/admin/orgs/{orgId}/entitlements",
  routes: adminRoutes,
};

export const moduleCatalogue: Module<Ports> = { name: "modules", path: "/modules", routes: catalogueRoutes };
