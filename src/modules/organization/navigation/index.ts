import type { Catalogue } from "../../../core/access/permission.ts";
import type { Module } from "../../../http/module.ts";
import { text } from "../../../web/kit/languages.ts";
import { createRouter } from "../../../http/router.ts";
import { myRoutes } from "./my-routes.ts";
import type { Declared } from "./navigation.ts";
import { menuItemRoutes, viewRoutes } from "./routes.ts";
import { visits } from "./trail.ts";

export { refuseBadNavigation } from "./navigation.ts";

type Ports = { catalogue: Catalogue; modules: Declared };

const events = {
  "view.created": "A view was created",
  "view.updated": "A view was changed",
  "view.deleted": "A view was deleted",
  "menuItem.created": "A menu item was created",
  "menuItem.updated": "A menu item was changed or moved",
  "menuItem.deleted": "A menu item was deleted",
} as const;

declare module "../../../core/audit.ts" {
  interface DeclaredEvents {
    navigation: typeof events;
  }
}

export const navigation: Module<Ports> = {
  name: "navigation",
  mounts: {
    "/orgs/{org}": (ports) =>
      createRouter().route("/", viewRoutes(ports).own).route("/", menuItemRoutes().own).route("/", myRoutes(ports)),
    "/admin": (ports) => createRouter().route("/", viewRoutes(ports).shared).route("/", menuItemRoutes().shared),
  },
  permissions: ["navigation:read", "navigation:update"],
  names: {
    navigation: text("Navigation", "Navigation"),
  },
  grants: { admin: ["navigation:read", "navigation:update"] },
  events,
  samples: {
    views: { table: "view", row: (key) => ({ key, name: "Reports", url: "/reports" }) },
    "menu-items": { table: "menu_item", row: () => ({ label: "Reports" }) },
    trail: { table: "trail", row: () => ({ sessionId: "a session", url: "/reports", at: new Date() }) },
  },
  exports: { organization: { visits } },
  endings: { visits: { table: "trail", at: "at", kept: "visits" } },
};
