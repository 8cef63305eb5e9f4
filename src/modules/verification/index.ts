import type { Module } from "../../http/module.ts";
import { authorizeRoutes } from "./authorize-routes.ts";
import { introspectRoutes, verifyRoutes } from "./routes.ts";

export { verifyFront } from "./front.ts";

export const verification: Module = { name: "verification", path: "/verify", routes: verifyRoutes };

export const introspection: Module = {
  name: "introspection",
  path: "/introspect",
  routes: introspectRoutes,
  permissions: ["token:introspect"],
};

export const authorization: Module = { name: "authorization", path: "/authorize", routes: authorizeRoutes };
