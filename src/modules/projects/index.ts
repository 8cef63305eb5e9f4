import type { Module } from "../../http/module.ts";
import { routes } from "./routes.ts";

export { getProject, ownersOfProjects, Project, type ProjectRow } from "./projects.ts";
export { purgeProject, purgeProjectsDeletedBefore, trashedProjects } from "./trash.ts";

export const projects: Module = {
  name: "projects",
  path: "/orgs/{org}/projects",
  routes,
  permissions: ["project:create", "project:read", "project:update", "project:delete", "project:purge"],
  grants: {
    admin: ["project:create", "project:read", "project:update", "project:delete", "project:purge"],
    member: ["project:create", "project:read", "project:update"],
    viewer: ["project:read"],
  },
};
