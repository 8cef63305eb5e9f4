import type { Catalogue } from "../../core/permission.ts";
import type { Module } from "../../http/module.ts";
import { createRouter } from "../../http/router.ts";
import { menuItemRoutes, sharedMenuItemRoutes } from "./menu-routes.ts";
import { myRoutes } from "./my-routes.ts";
import type { Declared } from "./navigation.ts";
import { sharedViewRoutes, viewRoutes } from "./view-routes.ts";

export { refuseBadNavigation } from "./navigation.ts";
export { removeExpiredTrail } from "./trail.ts";

type Ports = { catalogue: Catalogue; modules: Declared };

export const navigation: Module<Ports> = {
  name: "navigation",
  path: "/orgs/{org}",
  routes: (ports) =>
    createRouter().route("/", viewRoutes(ports)).route("/", menuItemRoutes()).route("/", myRoutes(ports)),
  permissions: ["navigation:read", "navigation:update"],
  grants: { admin: ["navigation:read", "navigation:update"] },
};

export const sharedNavigation: Module<Ports> = {
  name: "admin-navigation",
  path: "/admin",
  routes: (ports) => createRouter().route("/", sharedViewRoutes(ports)).route("/", sharedMenuItemRoutes()),
};
