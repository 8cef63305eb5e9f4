import { sql } from "drizzle-orm";
import type { z } from "zod";
import { likePattern, orderOf } from "../../../core/page.ts";
import { problem } from "../../../core/problem.ts";
import { created, type OrganizationScope, type Refusals, updated } from "../../../core/scope.ts";
import { paged } from "../../../db/schema/paged.ts";
import { rowsOf } from "../../../db/schema/rows.ts";
import { type NewProject, Project, type ProjectChanges, type ProjectQuery } from "./schemas.ts";
import { project } from "./table.ts";

export const NameTaken = problem("project_name_taken", 409, "Project name is already taken");

export const rows = rowsOf(project, { schema: Project, owners: ["ownerId"], hidden: ["nameKey"] });

export type ProjectRow = Awaited<ReturnType<typeof rows.find>>;

/** @throws 409 when a live project of the organization has the name, whatever its case. */
export function createProject(scope: OrganizationScope, input: z.infer<typeof NewProject>): Promise<ProjectRow> {
  return scope.mutate(
    "project.created",
    async (tx) => created(await rows.insert(tx, scope, { ...input, ownerId: scope.userId })),
    nameTaken(() => input.name),
  );
}

/** One page of the organization's projects. */
export async function listProjects(scope: OrganizationScope, query: z.infer<typeof ProjectQuery>) {
  const { sort, deleted, q } = query;
  const { key, direction } = orderOf(sort);
  const order = { list: "projects", table: project, key: key === "name" ? "nameKey" : key, direction } as const;
  return await paged(scope, order, query, (place) => rows.list(scope, place, deleted, q ? named(q) : undefined));
}

// By ids, since row-level security keeps what isn't leakproof out of index conditions, as likeness is.
const named = (q: string) => sql`${project.id} in (select guard.projects_like(${q}, ${likePattern(q)}))`;

/** @throws 404 for a project that is absent, in the trash, or another organization's. */
export const getProject = rows.find;

/**
 * Changes what `input` names.
 *
 * @throws 403 for others' where only one's own may be changed, 404, 409 for a name that is taken, 412.
 */
export function updateProject(
  scope: OrganizationScope,
  id: string,
  input: z.infer<typeof ProjectChanges>,
): Promise<ProjectRow> {
  return scope.mutate(
    "project.updated",
    async (tx, hold) => {
      const before = await rows.lock(tx, hold, scope, id);
      return updated(before, await rows.change(tx, scope, before, input));
    },
    nameTaken(() => input.name),
  );
}

/** Moves a project into the trash. @throws 403 for others' where only one's own may be deleted, 404, 412. */
export function deleteProject(scope: OrganizationScope, id: string): Promise<ProjectRow> {
  return scope.mutate("project.deleted", async (tx, hold) => {
    const before = await rows.lock(tx, hold, scope, id);
    return updated(before, await rows.trash(tx, scope, before));
  });
}

/** Takes a project out of the trash. @throws 403 as `deleteProject`, 404 unless it is there, 409 for a name taken since. */
export function restoreProject(scope: OrganizationScope, id: string): Promise<ProjectRow> {
  let name: string | undefined;
  return scope.mutate(
    "project.restored",
    async (tx, hold) => {
      const before = await rows.lock(tx, hold, scope, id, "trashed");
      ({ name } = before);
      return updated(before, await rows.restore(tx, scope, before));
    },
    nameTaken(() => name),
  );
}

/** The refusal of a second live project with a name. @param name as it is known when the database refuses. */
const nameTaken = (name: () => string | undefined): Refusals => ({
  project_live_name_unique: (cause) =>
    NameTaken(`A project of this organization is already named ${JSON.stringify(name())}.`, {
      errors: [{ path: "name", message: "is taken" }],
      cause,
    }),
});
