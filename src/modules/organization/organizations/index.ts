import type { Module } from "../../../http/module.ts";
import { text } from "../../../web/kit/languages.ts";
import { adminRoutes } from "./admin-routes.ts";
import { makeSettings } from "./provision.ts";
import { type Ports, routes } from "./routes.ts";

export { type Organization } from "./organizations.ts";
export { type OrganizationSummary } from "./admin-routes.ts";

const events = {
  "organization.created": "The organization was created",
  "organization.updated": "The organization's name, slug, logo or settings were changed",
  "organization.deleted": "The organization was deleted",
} as const;

declare module "../../../core/audit.ts" {
  interface DeclaredEvents {
    organizations: typeof events;
  }
}

// better-auth's routes ask for organization:update|delete by these names.
export const organizations: Module<Ports> = {
  name: "organizations",
  mounts: { "/orgs": routes, "/admin/orgs": adminRoutes },
  permissions: ["organization:read", "organization:update", "organization:delete"],
  names: {
    organization: text("Organization", "Organisation"),
  },
  grants: {
    admin: ["organization:read", "organization:update"],
    member: ["organization:read"],
    viewer: ["organization:read"],
  },
  events,
  provision: { organization: makeSettings },
};
