import type { Module } from "../../http/module.ts";
import { adminRoutes, routes } from "./routes.ts";

export { startTrial } from "./trial.ts";

export const subscription: Module = {
  name: "subscription",
  path: "/orgs/{org}/subscription",
  routes,
  permissions: ["subscription:read", "subscription:update"],
  grants: { admin: ["subscription:read"] },
};

export const adminSubscription: Module = {
  name: "admin-subscription",
  path: "/admin/orgs/{orgId}/subscription",
  routes: adminRoutes,
};
