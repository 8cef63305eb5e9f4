import type { Module } from "../../http/module.ts";
import { myRoutes } from "./my-routes.ts";
import { routes } from "./routes.ts";

// better-auth's routes ask for invitation:create|cancel by these names.
export const invitations: Module = {
  name: "invitations",
  path: "/orgs/{org}/invitations",
  routes,
  permissions: ["invitation:create", "invitation:read", "invitation:cancel"],
  grants: { admin: ["invitation:create", "invitation:read", "invitation:cancel"] },
};

export const myInvitations: Module = { name: "my-invitations", path: "/me/invitations", routes: myRoutes };
