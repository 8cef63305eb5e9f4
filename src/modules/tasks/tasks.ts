import { and, eq, inArray, isNull, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Permission } from "../../core/permission.ts";
import { Forbidden, Invalid, notFound } from "../../core/problem.ts";
import { isUuid } from "../../core/principal.ts";
import { created, type OrganizationScope, updated } from "../../core/scope.ts";
import type { Tx } from "../../db/client.ts";
import { isForeignKeyViolation } from "../../db/errors.ts";
import { checkMatch } from "../../http/router.ts";
import { text, timestamp } from "../../http/schemas.ts";
import { getProject } from "../projects/index.ts";
import { task, taskStatus } from "./table.ts";

export const TaskStatus = z.enum(taskStatus.enumValues).meta({ id: "TaskStatus" });

export const Task = z
  .object({
    id: z.string(),
    projectId: z.string(),
    title: z.string(),
    description: z.string().nullable(),
    status: TaskStatus,
    assigneeId: z.string().nullable().meta({ description: "A member's user id; null when nobody has it" }),
    createdAt: timestamp(),
    updatedAt: timestamp(),
    deletedAt: timestamp().nullable(),
  })
  .meta({ id: "Task" });

const fields = {
  title: text(200),
  description: text(4000, 0).nullish(),
  status: TaskStatus,
  assigneeId: z.string().max(64).nullish(),
};

export const NewTask = z.object({ ...fields, status: TaskStatus.default("todo") }).meta({ id: "NewTask" });
export const TaskChanges = z.object(fields).partial().meta({ id: "TaskChanges" });

export type TaskRow = typeof task.$inferSelect;

/** @throws 404 unless the project is live, 422 when the assignee isn't a member of the organization. */
export function createTask(
  scope: OrganizationScope,
  projectId: string,
  input: z.infer<typeof NewTask>,
): Promise<TaskRow> {
  const now = scope.now();
  return refuseForeignAssignee(
    scope.mutate("task.created", async (tx) => {
      const { organizationId } = scope;
      await getProject({ db: tx, organizationId }, projectId);
      const [row] = await tx
        .insert(task)
        .values({
          ...input,
          organizationId,
          projectId,
          createdBy: scope.actor.type === "user" ? scope.actor.id : null,
          createdAt: now,
          updatedAt: now,
        })
        .returning();
      return created(row!);
    }),
  );
}

/** @throws 404 for a task that is absent, in the trash or another project's, or whose project isn't live. */
export async function getTask(scope: OrganizationScope, projectId: string, id: string): Promise<TaskRow> {
  const read = async () =>
    isUuid(id) && isUuid(projectId)
      ? scope.db
          .select()
          .from(task)
          .where(and(ofProject(scope, projectId, id), isNull(task.deletedAt)))
      : [];
  const [, [row]] = await Promise.all([getProject(scope, projectId), read()]);
  if (!row) throw notFound();
  return row;
}

/**
 * Changes what `input` names. Where nothing differs nothing is written, so that the version stays.
 *
 * @param onlyOf a user whose own it must be: made by them, or assigned to them; null for anybody's.
 * @throws 403 for somebody else's, 404, 412 when `ifMatch` is another version, 422 when the assignee isn't a member of the organization.
 */
export function updateTask(
  scope: OrganizationScope,
  projectId: string,
  id: string,
  input: z.infer<typeof TaskChanges>,
  ifMatch: string | undefined,
  onlyOf: string | null,
): Promise<TaskRow> {
  return refuseForeignAssignee(
    scope.mutate("task.updated", async (tx) => {
      const before = await lockTask(tx, scope, projectId, id, isNull(task.deletedAt));
      refuseOthers(onlyOf, before, "task:update");
      checkMatch(ifMatch, Task, before);
      if (Bun.deepEquals({ ...before, ...input }, before)) return updated(before, before);
      const [row] = await tx
        .update(task)
        .set({ ...input, updatedAt: scope.now() })
        .where(ofProject(scope, projectId, id))
        .returning();
      return updated(before, row!);
    }),
  );
}

/** One task of a project of the scope's organization, whatever its state. */
export const ofProject = (scope: Pick<OrganizationScope, "organizationId">, projectId: string, id: string) =>
  and(eq(task.organizationId, scope.organizationId), eq(task.projectId, projectId), eq(task.id, id));

/**
 * Reads a task and keeps it from changing until the transaction ends.
 *
 * @throws 404 unless it is in `state` and its project is live.
 */
export async function lockTask(
  tx: Tx,
  scope: OrganizationScope,
  projectId: string,
  id: string,
  state: SQL,
): Promise<TaskRow> {
  await getProject({ db: tx, organizationId: scope.organizationId }, projectId);
  const [row] = isUuid(id)
    ? await tx
        .select()
        .from(task)
        .where(and(ofProject(scope, projectId, id), state))
        .for("update")
    : [];
  if (!row) throw notFound();
  return row;
}

/** @throws 403 for a task that is neither made by `onlyOf` nor assigned to them. */
export function refuseOthers(onlyOf: string | null, row: TaskRow, permission: Permission): void {
  if (onlyOf === null || row.createdBy === onlyOf || row.assigneeId === onlyOf) return;
  throw Forbidden(`You hold the permission ${permission} only for tasks that you made or that are assigned to you.`);
}

/** Whose own tasks are, by id, of those that the organization has: who made one and whom it is assigned to. */
export async function ownersOfTasks(
  scope: Pick<OrganizationScope, "db" | "organizationId">,
  ids: readonly string[],
): Promise<Map<string, (string | null)[]>> {
  const wanted = ids.filter(isUuid);
  const rows =
    wanted.length === 0
      ? []
      : await scope.db
          .select({ id: task.id, createdBy: task.createdBy, assigneeId: task.assigneeId })
          .from(task)
          .where(and(eq(task.organizationId, scope.organizationId), inArray(task.id, wanted)));
  return new Map(rows.map(({ id, createdBy, assigneeId }) => [id, [createdBy, assigneeId]]));
}

async function refuseForeignAssignee<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (err) {
    if (!isForeignKeyViolation(err, "task_assignee_fk")) throw err;
    throw Invalid("A task can be assigned to a member of its organization only.", {
      errors: [{ path: "assigneeId", message: "must be the user id of a member of the organization" }],
      cause: err,
    });
  }
}
