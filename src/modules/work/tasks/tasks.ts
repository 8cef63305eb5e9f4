import { and, count, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { z } from "zod";
import { likePattern, orderOf } from "../../../core/page.ts";
import { isUuid } from "../../../core/principal.ts";
import { Invalid } from "../../../core/problem.ts";
import { created, type Hold, type OrganizationScope, type Refusals, updated } from "../../../core/scope.ts";
import { isLive } from "../../../db/schema/org-table.ts";
import { paged } from "../../../db/schema/paged.ts";
import type { Where } from "../../../db/schema/row-lists.ts";
import { rowsOf } from "../../../db/schema/rows.ts";
import type { Tx } from "../../../db/types.ts";
import { getProject } from "../projects/index.ts";
import { type NewTask, Task, type TaskChanges, type TaskQuery } from "./schemas.ts";
import { task } from "./table.ts";

/** A task is the own of whoever made it and of whoever it is assigned to. */
export const rows = rowsOf(task, { schema: Task, owners: ["createdBy", "assigneeId"] });

export type TaskRow = Awaited<ReturnType<typeof rows.find>>;

/** Anything but a UUID names no project. */
const ofProject = (projectId: string): SQL => (isUuid(projectId) ? eq(task.projectId, projectId) : sql`false`);

/** @throws 404 unless the project is live, 422 when the assignee isn't a member of the organization. */
export function createTask(scope: OrganizationScope, projectId: string, input: z.infer<typeof NewTask>) {
  const { organizationId, userId: createdBy } = scope;
  return scope.mutate(
    "task.created",
    async (tx) => {
      await getProject({ db: tx, organizationId }, projectId);
      return created(await rows.insert(tx, scope, { ...input, projectId, createdBy }));
    },
    foreignAssignee,
  );
}

/** One page of a project's tasks. @throws 404 unless the project is live. */
export async function listTasks(scope: OrganizationScope, projectId: string, query: z.infer<typeof TaskQuery>) {
  await getProject(scope, projectId);
  const { sort, deleted, status, assigneeId, q } = query;
  const where = and(
    ofProject(projectId),
    status ? eq(task.status, status) : undefined,
    assigneeId ? eq(task.assigneeId, assigneeId) : undefined,
    // By ids, since row-level security keeps what isn't leakproof out of index conditions, as likeness is.
    q ? sql`${task.id} in (select guard.tasks_like(${q}, ${likePattern(q)}))` : undefined,
  );
  return await paged(scope, { list: "tasks", table: task, ...orderOf(sort) }, query, (place) =>
    rows.list(scope, place, deleted, where),
  );
}

/** How many live tasks each of these projects has. */
export async function countTasks({ db, organizationId }: Where, projectIds: readonly string[]) {
  const of = and(eq(task.organizationId, organizationId), inArray(task.projectId, [...projectIds]), isLive(task));
  const rows = await db.select({ id: task.projectId, count: count() }).from(task).where(of).groupBy(task.projectId);
  return new Map(rows.map((row) => [row.id, row.count]));
}

/** @throws 404 for a task that is absent, in the trash or another project's, or whose project isn't live. */
export async function getTask(scope: OrganizationScope, projectId: string, id: string): Promise<TaskRow> {
  const [, row] = await Promise.all([getProject(scope, projectId), rows.find(scope, id, ofProject(projectId))]);
  return row;
}

/**
 * Changes what `input` names.
 *
 * @throws 403 for others' where only one's own may be changed, 404, 412, 422 when the assignee isn't a member of the
 * organization.
 */
export function updateTask(
  scope: OrganizationScope,
  projectId: string,
  id: string,
  input: z.infer<typeof TaskChanges>,
): Promise<TaskRow> {
  return scope.mutate(
    "task.updated",
    async (tx, hold) => {
      const before = await lock(tx, hold, scope, projectId, id);
      return updated(before, await rows.change(tx, scope, before, input));
    },
    foreignAssignee,
  );
}

/** Moves a task into the trash. @throws 403 for others' where only one's own may be deleted, 404, 412. */
export function deleteTask(scope: OrganizationScope, projectId: string, id: string): Promise<TaskRow> {
  return scope.mutate("task.deleted", async (tx, hold) => {
    const before = await lock(tx, hold, scope, projectId, id);
    return updated(before, await rows.trash(tx, scope, before));
  });
}

/** Takes a task out of the trash. @throws 403 as `deleteTask`, 404 unless it is there and its project is live. */
export function restoreTask(scope: OrganizationScope, projectId: string, id: string): Promise<TaskRow> {
  return scope.mutate("task.restored", async (tx, hold) => {
    const before = await lock(tx, hold, scope, projectId, id, "trashed");
    return updated(before, await rows.restore(tx, scope, before));
  });
}

/** @throws 404 unless the task is in `state` and its project is live. */
async function lock(
  tx: Tx,
  hold: Hold,
  scope: OrganizationScope,
  projectId: string,
  id: string,
  state?: "live" | "trashed",
) {
  await getProject({ db: tx, organizationId: scope.organizationId }, projectId);
  return await rows.lock(tx, hold, scope, id, state, ofProject(projectId));
}

const foreignAssignee: Refusals = {
  task_assignee_fk: (cause) =>
    Invalid("A task can be assigned to a member of its organization only.", {
      errors: [{ path: "assigneeId", message: "must be the user id of a member of the organization" }],
      cause,
    }),
};
