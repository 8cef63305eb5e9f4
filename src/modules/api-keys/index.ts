import type { Module } from "../../http/module.ts";
import { routes } from "./routes.ts";

export const apiKeys: Module = {
  name: "api-keys",
  path: "/orgs/{org}/api-keys",
  routes,
  // better-auth's plugin asks for these names too.
  permissions: ["apiKey:create", "apiKey:read", "apiKey:update", "apiKey:delete"],
  grants: { admin: ["apiKey:create", "apiKey:read", "apiKey:update", "apiKey:delete"] },
};
