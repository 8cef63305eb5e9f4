import type { ConsolePages } from "../../../http/page.ts";
import { changePages } from "./pages/change.tsx";
import { tasksOf } from "./pages/section.tsx";

/** The pages of tasks. They stand on the page of their project, and have no place in the menu. */
export const pages: ConsolePages = {
  path: "/projects/:projectId/tasks",
  permission: "task:read",
  routes: changePages,
  section: { on: "project", show: tasksOf },
};
