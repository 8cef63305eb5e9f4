import type { Module } from "../../http/module.ts";
import { introspectRoutes } from "./routes.ts";

export { verifyRoutes } from "./routes.ts";

export const verification: Module = {
  name: "verification",
  path: "/introspect",
  routes: introspectRoutes,
  permissions: ["token:introspect"],
};
