import type { Module } from "../../http/module.ts";
import { routes } from "./routes.ts";

export const trash: Module = {
  name: "trash",
  path: "/orgs/{org}/trash",
  routes,
  permissions: ["trash:read"],
  grants: { admin: ["trash:read"] },
};
