import type { Module } from "../../http/module.ts";
import { createRouter } from "../../http/router.ts";
import { routes } from "./routes.ts";
import { userRoutes } from "./user-routes.ts";

export const admin: Module<Parameters<typeof routes>[0] & Parameters<typeof userRoutes>[0]> = {
  name: "admin",
  path: "/admin",
  routes: (ports) => createRouter().route("/", routes(ports)).route("/", userRoutes(ports)),
};
