import { and, eq, ilike, isNotNull, isNull, type SQL } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import { z } from "zod";
import type { OrganizationScope } from "../../core/scope.ts";
import { keyset } from "../../db/keyset.ts";
import { type CursorCodec, likePattern, page, pageQuery } from "../../http/pagination.ts";
import { list } from "../../http/schemas.ts";
import { getProject } from "../projects/index.ts";
import { task } from "./table.ts";
import { Task, TaskStatus } from "./tasks.ts";

export const TaskList = list(Task, "TaskList");

export const TaskQuery = z.object({
  ...pageQuery,
  status: TaskStatus.optional(),
  assigneeId: z.string().max(64).optional(),
  q: z.string().trim().max(120).optional(),
  sort: z.enum(["-createdAt", "createdAt"]).default("-createdAt"),
  deleted: z.enum(["exclude", "include", "only"]).default("exclude"),
});

/** One page of a project's tasks, by keyset. @throws 404 unless the project is live. */
export async function listTasks(
  scope: OrganizationScope,
  projectId: string,
  query: z.infer<typeof TaskQuery>,
  cursors: CursorCodec,
) {
  await getProject(scope, projectId);
  const { limit, sort, status, assigneeId, q } = query;
  const name = `tasks:${sort}`;
  const direction = sort.startsWith("-") ? "desc" : "asc";
  const after = query.cursor ? cursors.decode(name, query.cursor) : null;
  const place = keyset(task.createdAt, task.id, direction, after);
  const inState = (state: SQL) =>
    scope.db
      .select()
      .from(task)
      .where(
        and(
          eq(task.organizationId, scope.organizationId),
          eq(task.projectId, projectId),
          state,
          status ? eq(task.status, status) : undefined,
          assigneeId ? eq(task.assigneeId, assigneeId) : undefined,
          q ? ilike(task.title, likePattern(q)) : undefined,
          place.after,
        ),
      )
      .orderBy(...place.orderBy)
      .limit(limit + 1);
  const [live, trashed] = [isNull(task.deletedAt), isNotNull(task.deletedAt)];
  const rows = await (query.deleted === "include"
    ? unionAll(inState(live), inState(trashed))
        .orderBy(...place.orderBy)
        .limit(limit + 1)
    : inState(query.deleted === "only" ? trashed : live));
  return page(rows, limit, (row) => cursors.encode(name, [row.createdAt.toISOString(), row.id]));
}
