import { and, eq, inArray, isNull, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Permission } from "../../core/permission.ts";
import { Forbidden, notFound, problem } from "../../core/problem.ts";
import { isUuid } from "../../core/principal.ts";
import { created, type OrganizationScope, updated } from "../../core/scope.ts";
import type { Tx } from "../../db/client.ts";
import { isUniqueViolation } from "../../db/errors.ts";
import { checkMatch } from "../../http/router.ts";
import { text, timestamp } from "../../http/schemas.ts";
import { project, projectColumns } from "./table.ts";

export const NameTaken = problem("project_name_taken", 409, "Project name is already taken");

export const Project = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    ownerId: z.string().nullable(),
    createdAt: timestamp(),
    updatedAt: timestamp(),
    deletedAt: timestamp().nullable(),
  })
  .meta({ id: "Project" });

export const NewProject = z
  .object({ name: text(120), description: text(4000, 0).nullish() })
  .meta({ id: "NewProject" });
export const ProjectChanges = NewProject.partial().meta({ id: "ProjectChanges" });

export type ProjectRow = Omit<typeof project.$inferSelect, "nameKey">;
type NewProject = z.infer<typeof NewProject>;

/** @throws 409 when a live project of the organization has the name, whatever its case. */
export function createProject(scope: OrganizationScope, input: NewProject): Promise<ProjectRow> {
  const now = scope.now();
  return refuseTakenName(
    scope.mutate("project.created", async (tx) => {
      const [row] = await tx
        .insert(project)
        .values({
          name: input.name,
          description: input.description ?? null,
          organizationId: scope.organizationId,
          ownerId: scope.actor.type === "user" ? scope.actor.id : null,
          createdAt: now,
          updatedAt: now,
        })
        .returning(projectColumns);
      return created(row!);
    }),
    () => input.name,
  );
}

/** @throws 404 for a project that is absent, in the trash, or another organization's. */
export async function getProject(
  scope: Pick<OrganizationScope, "db" | "organizationId">,
  id: string,
): Promise<ProjectRow> {
  const [row] = isUuid(id)
    ? await scope.db
        .select(projectColumns)
        .from(project)
        .where(and(ofScope(scope, id), isNull(project.deletedAt)))
    : [];
  if (!row) throw notFound();
  return row;
}

/**
 * Changes what `input` names. Where nothing differs nothing is written, so that the version stays.
 *
 * @param onlyOf a user who must own it; null for anybody's.
 * @throws 403 for somebody else's, 404, 409 for a name that is taken, 412 when `ifMatch` is another version.
 */
export function updateProject(
  scope: OrganizationScope,
  id: string,
  input: z.infer<typeof ProjectChanges>,
  ifMatch: string | undefined,
  onlyOf: string | null,
): Promise<ProjectRow> {
  return refuseTakenName(
    scope.mutate("project.updated", async (tx) => {
      const before = await lockProject(tx, scope, id, isNull(project.deletedAt));
      refuseOthers(onlyOf, before, "project:update");
      checkMatch(ifMatch, Project, before);
      if (Bun.deepEquals({ ...before, ...input }, before)) return updated(before, before);
      const [row] = await tx
        .update(project)
        .set({ ...input, updatedAt: scope.now() })
        .where(ofScope(scope, id))
        .returning(projectColumns);
      return updated(before, row!);
    }),
    () => input.name ?? "",
  );
}

/** One project of the scope's organization, whatever its state. */
export const ofScope = (scope: Pick<OrganizationScope, "organizationId">, id: string) =>
  and(eq(project.organizationId, scope.organizationId), eq(project.id, id));

/** Reads a project and keeps it from changing until the transaction ends. @throws 404 unless it is in `state`. */
export async function lockProject(tx: Tx, scope: OrganizationScope, id: string, state: SQL): Promise<ProjectRow> {
  const [row] = isUuid(id)
    ? await tx
        .select(projectColumns)
        .from(project)
        .where(and(ofScope(scope, id), state))
        .for("update")
    : [];
  if (!row) throw notFound();
  return row;
}

/** @throws 403 for a project that `onlyOf` doesn't own. */
export function refuseOthers(onlyOf: string | null, row: ProjectRow, permission: Permission): void {
  if (onlyOf === null || row.ownerId === onlyOf) return;
  throw Forbidden(`You hold the permission ${permission} only for projects that you own.`);
}

/** Who owns projects, by id, of those that the organization has. */
export async function ownersOfProjects(
  scope: Pick<OrganizationScope, "db" | "organizationId">,
  ids: readonly string[],
): Promise<Map<string, (string | null)[]>> {
  const wanted = ids.filter(isUuid);
  const rows =
    wanted.length === 0
      ? []
      : await scope.db
          .select({ id: project.id, ownerId: project.ownerId })
          .from(project)
          .where(and(eq(project.organizationId, scope.organizationId), inArray(project.id, wanted)));
  return new Map(rows.map(({ id, ownerId }) => [id, [ownerId]]));
}

/** @throws 409, naming `name`, where `work` fails since a live project has that name. */
export async function refuseTakenName<T>(work: Promise<T>, name: () => string): Promise<T> {
  try {
    return await work;
  } catch (err) {
    if (!isUniqueViolation(err, "project_live_name_unique")) throw err;
    throw NameTaken(`A project of this organization is already named ${JSON.stringify(name())}.`, {
      errors: [{ path: "name", message: "is taken" }],
      cause: err,
    });
  }
}
