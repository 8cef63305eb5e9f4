import { and, eq, inArray, isNotNull, isNull, lt } from "drizzle-orm";
import { user } from "../../auth/tables.ts";
import { notFound } from "../../core/problem.ts";
import { isUuid } from "../../core/principal.ts";
import { deleted, type OrganizationScope, updated } from "../../core/scope.ts";
import type { Tx } from "../../db/client.ts";
import { keyset } from "../../db/keyset.ts";
import { checkMatch } from "../../http/router.ts";
import { task } from "./table.ts";
import { lockTask, ofProject, refuseOthers, Task, type TaskRow } from "./tasks.ts";

/** Puts a task into the trash. @throws 403 for somebody else's where only `onlyOf`'s own may be, 404, 412. */
export function deleteTask(
  scope: OrganizationScope,
  projectId: string,
  id: string,
  ifMatch: string | undefined,
  onlyOf: string | null,
): Promise<TaskRow> {
  return scope.mutate("task.deleted", async (tx) => {
    const before = await lockTask(tx, scope, projectId, id, isNull(task.deletedAt));
    refuseOthers(onlyOf, before, "task:delete");
    checkMatch(ifMatch, Task, before);
    const [row] = await tx
      .update(task)
      .set({ deletedAt: scope.now(), deletedBy: scope.actor.type === "user" ? scope.actor.id : null })
      .where(ofProject(scope, projectId, id))
      .returning();
    return updated(before, row!);
  });
}

/** Takes a task out of the trash. @throws 403 as `deleteTask`, 404 when it isn't there, or its project isn't live. */
export function restoreTask(
  scope: OrganizationScope,
  projectId: string,
  id: string,
  onlyOf: string | null,
): Promise<TaskRow> {
  return scope.mutate("task.restored", async (tx) => {
    const before = await lockTask(tx, scope, projectId, id, isNotNull(task.deletedAt));
    refuseOthers(onlyOf, before, "task:delete");
    const [row] = await tx
      .update(task)
      .set({ deletedAt: null, deletedBy: null, updatedAt: scope.now() })
      .where(ofProject(scope, projectId, id))
      .returning();
    return updated(before, row!);
  });
}

/** Ends a task for good; only from the trash, whatever became of its project. @throws 404. */
export function purgeTask(scope: OrganizationScope, id: string): Promise<TaskRow> {
  return scope.mutate("task.purged", async (tx) => {
    const { organizationId } = scope;
    const [row] = isUuid(id)
      ? await tx
          .delete(task)
          .where(and(eq(task.organizationId, organizationId), eq(task.id, id), isNotNull(task.deletedAt)))
          .returning()
      : [];
    if (!row) throw notFound();
    return deleted(row);
  });
}

/** The organization's deleted tasks, last deleted first, with who deleted them; `limit` of them after a position. */
export function trashedTasks(scope: OrganizationScope, after: readonly string[] | null, limit: number) {
  const place = keyset(task.deletedAt, task.id, "desc", after);
  return scope.db
    .select({
      id: task.id,
      projectId: task.projectId,
      title: task.title,
      deletedAt: task.deletedAt,
      deletedBy: { id: user.id, name: user.name },
    })
    .from(task)
    .leftJoin(user, eq(user.id, task.deletedBy))
    .where(and(eq(task.organizationId, scope.organizationId), isNotNull(task.deletedAt), place.after))
    .orderBy(...place.orderBy)
    .limit(limit);
}

/**
 * Ends, for good, up to `limit` tasks that were deleted before an instant. The caller records what is returned.
 *
 * @param tx runs as the application's role, for this organization.
 */
export async function purgeTasksDeletedBefore(
  tx: Tx,
  organizationId: string,
  instant: Date,
  limit: number,
): Promise<TaskRow[]> {
  const rows = await tx
    .select()
    .from(task)
    .where(and(eq(task.organizationId, organizationId), lt(task.deletedAt, instant)))
    .orderBy(task.deletedAt, task.id)
    .limit(limit)
    .for("update", { skipLocked: true });
  const ids = rows.map((row) => row.id);
  if (ids.length > 0) await tx.delete(task).where(and(eq(task.organizationId, organizationId), inArray(task.id, ids)));
  return rows;
}
