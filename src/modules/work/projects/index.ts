import { project } from "./table.ts";
import type { Module } from "../../../http/module.ts";
import { text } from "../../../web/kit/languages.ts";
import { projectIncludes } from "./include.ts";
import { pages } from "./pages.ts";
import { rows } from "./projects.ts";
import { routes } from "./routes.ts";

export { getProject } from "./projects.ts";

const events = {
  "project.created": "A project was created",
  "project.updated": "A project was changed",
  "project.deleted": "A project was moved into the trash",
  "project.restored": "A project was taken out of the trash",
  "project.purged": "A project was deleted permanently",
} as const;

declare module "../../../core/audit.ts" {
  interface DeclaredEvents {
    projects: typeof events;
  }
}

type Ports = { modules: readonly Pick<Module, "counts">[] };

export const projects: Module<Ports> = {
  name: "projects",
  mounts: { "/orgs/{org}/projects": ({ modules }) => routes(projectIncludes(modules)) },
  permissions: ["project:create", "project:read", "project:update", "project:delete", "project:purge"],
  names: {
    project: text("Projects", "Projekte"),
    "project:purge": text("Delete permanently", "Endgültig löschen"),
    "project:delete": text("Move into the trash", "In den Papierkorb legen"),
  },
  grants: {
    admin: ["project:create", "project:read", "project:update", "project:delete", "project:purge"],
    member: ["project:create", "project:read", "project:update"],
    viewer: ["project:read"],
  },
  events,
  exports: { organization: { projects: rows.personal("project:read") } },
  samples: { projects: { table: "project", row: (name) => ({ name }) } },
  owners: { project: rows.ownersById },
  words: {
    project_name_taken: text(
      "Another project has this name. Choose another.",
      "Ein anderes Projekt hat diesen Namen. Wählen Sie einen anderen.",
    ),
  },
  pages: [pages],
  trash: {
    ...rows.inTrash("project", { name: project.name }),
    path: "projects",
    cascade: "With its tasks.",
  },
};
