import type { Module } from "../../../http/module.ts";
import { text } from "../../../web/kit/languages.ts";
import { adminRoutes, catalogueRoutes, type Ports, routes } from "./routes.ts";

export { type Entitlements } from "./entitlements.ts";

const events = {
  "entitlement.updated": "The modules that the organization may use were changed",
} as const;

declare module "../../../core/audit.ts" {
  interface DeclaredEvents {
    entitlements: typeof events;
  }
}

export const entitlements: Module<Ports> = {
  name: "entitlements",
  mounts: {
    "/modules": catalogueRoutes,
    "/orgs/{org}/entitlements": routes,
    "/admin/orgs/{orgId}/entitlements": adminRoutes,
  },
  permissions: ["entitlement:read"],
  names: {
    entitlement: text("Modules", "Module"),
  },
  grants: { admin: ["entitlement:read"] },
  events,
  samples: { entitlements: { table: "entitlement", row: (module) => ({ module }) } },
  exports: {
    withheld: { "entitlement.granted_by": "Says who decided about an organization, which is the platform's" },
  },
};
