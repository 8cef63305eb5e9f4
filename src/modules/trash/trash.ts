import { z } from "zod";
import type { OrganizationScope } from "../../core/scope.ts";
import { type CursorCodec, page, pageQuery } from "../../http/pagination.ts";
import { list, timestamp } from "../../http/schemas.ts";
import { trashedProjects } from "../projects/index.ts";
import { trashedTasks } from "../tasks/index.ts";

export const Trashed = z
  .object({
    type: z.enum(["project", "task"]),
    id: z.string(),
    name: z.string().meta({ description: "A project's name, a task's title" }),
    projectId: z.string().nullable().meta({ description: "A task's project; null for a project" }),
    deletedAt: timestamp(),
    deletedBy: z.object({ id: z.string(), name: z.string() }).nullable(),
  })
  .meta({ id: "Trashed" });

export const TrashList = list(Trashed, "TrashList");

export const TrashQuery = z.object(pageQuery);

/** One page of what the organization has deleted, of every kind, last deleted first. */
export async function listTrash(
  scope: OrganizationScope,
  query: z.infer<typeof TrashQuery>,
  cursors: CursorCodec,
): Promise<z.input<typeof TrashList>> {
  const { limit } = query;
  const after = query.cursor ? cursors.decode("trash", query.cursor) : null;
  const [projects, tasks] = await Promise.all([
    trashedProjects(scope, after, limit + 1),
    trashedTasks(scope, after, limit + 1),
  ]);
  const rows = [
    ...projects.map((row) => ({ type: "project" as const, projectId: null, ...row })),
    ...tasks.map(({ title, ...row }) => ({ type: "task" as const, name: title, ...row })),
  ]
    .map((row) => ({ ...row, deletedAt: row.deletedAt!.toISOString() }))
    .toSorted((a, b) => compare(b.deletedAt, a.deletedAt) || compare(b.id, a.id));
  return page(rows, limit, (row) => cursors.encode("trash", [row.deletedAt, row.id]));
}

// As PostgreSQL orders instants and UUIDs: RFC 3339 UTC and lower-case hex sort like what they stand for.
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
