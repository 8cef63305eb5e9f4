import type { Module } from "../../http/module.ts";
import { adminRoutes, routes } from "./routes.ts";

export { auditRecorder } from "./record.ts";

export const auditEvents: Module = {
  name: "audit-events",
  path: "/orgs/{org}/audit-events",
  routes,
  permissions: ["auditEvent:read"],
  grants: { admin: ["auditEvent:read"] },
};

export const adminAuditEvents: Module = {
  name: "admin-audit-events",
  path: "/admin/audit-events",
  routes: adminRoutes,
};
