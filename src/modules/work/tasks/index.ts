import { z } from "zod";
import type { Module } from "../../../http/module.ts";
import { text } from "../../../web/kit/languages.ts";
import { pages } from "./pages.ts";
import { routes } from "./routes.ts";
import { task } from "./table.ts";
import { countTasks, rows } from "./tasks.ts";

const events = {
  "task.created": "A task was created",
  "task.updated": "A task was changed",
  "task.deleted": "A task was moved into the trash",
  "task.restored": "A task was taken out of the trash",
  "task.purged": "A task was deleted permanently",
} as const;

declare module "../../../core/audit.ts" {
  interface DeclaredEvents {
    tasks: typeof events;
  }
}

export const tasks: Module = {
  name: "tasks",
  mounts: { "/orgs/{org}/projects/{projectId}/tasks": routes },
  permissions: ["task:create", "task:read", "task:update", "task:delete", "task:purge"],
  names: {
    task: text("Tasks", "Aufgaben"),
    "task:purge": text("Delete permanently", "Endgültig löschen"),
    "task:delete": text("Move into the trash", "In den Papierkorb legen"),
  },
  grants: {
    admin: ["task:create", "task:read", "task:update", "task:delete", "task:purge"],
    member: ["task:create", "task:read", "task:update", "task:delete"],
    viewer: ["task:read"],
  },
  events,
  exports: { organization: { tasks: rows.personal("task:read") } },
  samples: { tasks: { table: "task", row: (title) => ({ title }) } },
  counts: { project: { tasks: countTasks } },
  owners: { task: rows.ownersById },
  pages: [pages],
  trash: {
    ...rows.inTrash("task", { name: task.title, projectId: task.projectId }),
    path: "tasks",
    within: { path: "projects", field: "projectId" },
    fields: { projectId: z.string().meta({ description: "A task's project" }) },
  },
};
