import type { Module } from "../../http/module.ts";
import { routes } from "./routes.ts";

export { ownersOfTasks } from "./tasks.ts";
export { purgeTask, purgeTasksDeletedBefore, trashedTasks } from "./trash.ts";

export const tasks: Module = {
  name: "tasks",
  path: "/orgs/{org}/projects/{projectId}/tasks",
  routes,
  permissions: ["task:create", "task:read", "task:update", "task:delete", "task:purge"],
  grants: {
    admin: ["task:create", "task:read", "task:update", "task:delete", "task:purge"],
    member: ["task:create", "task:read", "task:update", "task:delete"],
    viewer: ["task:read"],
  },
};
