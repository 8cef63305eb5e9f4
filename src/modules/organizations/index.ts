import type { Module } from "../../http/module.ts";
import { routes } from "./routes.ts";

export { provisionOrganization } from "./provision.ts";

// better-auth's routes ask for organization:update|delete by these names.
export const organizations: Module = {
  name: "organizations",
  path: "/orgs",
  routes,
  permissions: ["organization:read", "organization:update", "organization:delete"],
  grants: {
    admin: ["organization:read", "organization:update"],
    member: ["organization:read"],
    viewer: ["organization:read"],
  },
};
