import { and, eq, inArray, isNotNull, isNull, lt } from "drizzle-orm";
import { user } from "../../auth/tables.ts";
import { deleted, type OrganizationScope, updated } from "../../core/scope.ts";
import type { Tx } from "../../db/client.ts";
import { keyset } from "../../db/keyset.ts";
import { checkMatch } from "../../http/router.ts";
import { lockProject, ofScope, Project, type ProjectRow, refuseOthers, refuseTakenName } from "./projects.ts";
import { project, projectColumns } from "./table.ts";

/** Puts a project into the trash. @throws 403 for somebody else's where only `onlyOf`'s own may be, 404, 412. */
export function deleteProject(
  scope: OrganizationScope,
  id: string,
  ifMatch: string | undefined,
  onlyOf: string | null,
): Promise<ProjectRow> {
  return scope.mutate("project.deleted", async (tx) => {
    const before = await lockProject(tx, scope, id, isNull(project.deletedAt));
    refuseOthers(onlyOf, before, "project:delete");
    checkMatch(ifMatch, Project, before);
    const [row] = await tx
      .update(project)
      .set({ deletedAt: scope.now(), deletedBy: scope.actor.type === "user" ? scope.actor.id : null })
      .where(ofScope(scope, id))
      .returning(projectColumns);
    return updated(before, row!);
  });
}

/** Takes a project out of the trash. @throws 403 as `deleteProject`, 404 when it isn't there, 409 for a name taken since. */
export function restoreProject(scope: OrganizationScope, id: string, onlyOf: string | null): Promise<ProjectRow> {
  let name = "";
  return refuseTakenName(
    scope.mutate("project.restored", async (tx) => {
      const before = await lockProject(tx, scope, id, isNotNull(project.deletedAt));
      refuseOthers(onlyOf, before, "project:delete");
      name = before.name;
      const [row] = await tx
        .update(project)
        .set({ deletedAt: null, deletedBy: null, updatedAt: scope.now() })
        .where(ofScope(scope, id))
        .returning(projectColumns);
      return updated(before, row!);
    }),
    () => name,
  );
}

/** Ends a project for good, with its tasks; only from the trash. @throws 404. */
export function purgeProject(scope: OrganizationScope, id: string): Promise<ProjectRow> {
  return scope.mutate("project.purged", async (tx) => {
    const before = await lockProject(tx, scope, id, isNotNull(project.deletedAt));
    await tx.delete(project).where(ofScope(scope, id));
    return deleted(before);
  });
}

/** The organization's deleted projects, last deleted first, with who deleted them; `limit` of them after a position. */
export function trashedProjects(scope: OrganizationScope, after: readonly string[] | null, limit: number) {
  const place = keyset(project.deletedAt, project.id, "desc", after);
  return scope.db
    .select({
      id: project.id,
      name: project.name,
      deletedAt: project.deletedAt,
      deletedBy: { id: user.id, name: user.name },
    })
    .from(project)
    .leftJoin(user, eq(user.id, project.deletedBy))
    .where(and(eq(project.organizationId, scope.organizationId), isNotNull(project.deletedAt), place.after))
    .orderBy(...place.orderBy)
    .limit(limit);
}

/**
 * Ends, for good, up to `limit` projects that were deleted before an instant. The caller records what is returned.
 *
 * @param tx runs as the application's role, for this organization.
 */
export async function purgeProjectsDeletedBefore(
  tx: Tx,
  organizationId: string,
  instant: Date,
  limit: number,
): Promise<ProjectRow[]> {
  const rows = await tx
    .select(projectColumns)
    .from(project)
    .where(and(eq(project.organizationId, organizationId), lt(project.deletedAt, instant)))
    .orderBy(project.deletedAt, project.id)
    .limit(limit)
    .for("update", { skipLocked: true });
  const ids = rows.map((row) => row.id);
  if (ids.length > 0)
    await tx.delete(project).where(and(eq(project.organizationId, organizationId), inArray(project.id, ids)));
  return rows;
}
