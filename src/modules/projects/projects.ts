import { and, asc, desc, eq, isNotNull, isNull, sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { notFound, problem } from "../../core/problem.ts";
import { isUuid } from "../../core/principal.ts";
import { created, deleted, type OrganizationScope, updated } from "../../core/scope.ts";
import type { ReadDb } from "../../db/client.ts";
import { isUniqueViolation } from "../../db/errors.ts";
import { type CursorCodec, likePattern, page, pageQuery } from "../../http/pagination.ts";
import { checkMatch } from "../../http/router.ts";
import { text, timestamp } from "../../http/schemas.ts";
import { project } from "./table.ts";

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

const sorts = ["-createdAt", "createdAt", "name", "-name"] as const;

export const ProjectQuery = z.object({
  ...pageQuery,
  q: z.string().trim().max(120).optional(),
  sort: z.enum(sorts).default("-createdAt"),
  deleted: z.enum(["exclude", "include", "only"]).default("exclude"),
});

export type ProjectRow = typeof project.$inferSelect;
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
        .returning();
      return created(row!);
    }),
    input.name,
  );
}

/** One page of the organization's projects, by keyset: the last page costs what the first does. */
export async function listProjects(
  scope: OrganizationScope,
  query: z.infer<typeof ProjectQuery>,
  cursors: CursorCodec,
) {
  const { limit, sort, q } = query;
  const name = `projects:${sort}`;
  const byName = sort.endsWith("name");
  const down = sort.startsWith("-");
  const key: SQL = byName ? sql`lower(${project.name})` : sql`${project.createdAt}`;
  const after = query.cursor ? cursors.decode(name, query.cursor) : null;
  const compare = sql.raw(down ? "<" : ">");
  const rows = await scope.db
    .select()
    .from(project)
    .where(
      and(
        eq(project.organizationId, scope.organizationId),
        query.deleted === "exclude" ? isNull(project.deletedAt) : undefined,
        query.deleted === "only" ? isNotNull(project.deletedAt) : undefined,
        q ? sql`${project.name} ilike ${likePattern(q)}` : undefined,
        after
          ? sql`(${key}, ${project.id}) ${compare} (${byName ? sql`lower(${after[0]})` : sql`${after[0]}::timestamptz`}, ${after[1]}::uuid)`
          : undefined,
      ),
    )
    .orderBy(...(down ? [desc(key), desc(project.id)] : [asc(key), asc(project.id)]))
    .limit(limit + 1);
  return page(rows, limit, (row) => cursors.encode(name, [byName ? row.name : row.createdAt.toISOString(), row.id]));
}

/** @throws 404 for a project that is absent, in the trash, or another organization's. */
export async function getProject(
  scope: Pick<OrganizationScope, "db" | "organizationId">,
  id: string,
): Promise<ProjectRow> {
  const row = isUuid(id) ? (await one(scope.db, scope.organizationId, id))[0] : undefined;
  if (!row) throw notFound();
  return row;
}

/** @throws 404, 409 for a name that is taken, 412 when `ifMatch` is another version. */
export function updateProject(
  scope: OrganizationScope,
  id: string,
  input: z.infer<typeof ProjectChanges>,
  ifMatch: string | undefined,
): Promise<ProjectRow> {
  return refuseTakenName(
    scope.mutate("project.updated", async (tx) => {
      const before = await locked(tx, scope, id, isNull(project.deletedAt));
      checkMatch(ifMatch, Project, before);
      const [row] = await tx
        .update(project)
        .set({
          ...(input.name === undefined ? {} : { name: input.name }),
          ...(input.description === undefined ? {} : { description: input.description }),
          updatedAt: scope.now(),
        })
        .where(mine(scope, id))
        .returning();
      return updated(before, row!);
    }),
    input.name ?? "",
  );
}

/** Puts a project into the trash. @throws 404, 412. */
export function deleteProject(scope: OrganizationScope, id: string, ifMatch: string | undefined): Promise<ProjectRow> {
  return scope.mutate("project.deleted", async (tx) => {
    const before = await locked(tx, scope, id, isNull(project.deletedAt));
    checkMatch(ifMatch, Project, before);
    const [row] = await tx
      .update(project)
      .set({ deletedAt: scope.now(), deletedBy: scope.actor.type === "user" ? scope.actor.id : null })
      .where(mine(scope, id))
      .returning();
    return updated(before, row!);
  });
}

/** Takes a project out of the trash. @throws 404 when it isn't there, 409 when its name has been taken meanwhile. */
export async function restoreProject(scope: OrganizationScope, id: string): Promise<ProjectRow> {
  let name = "";
  return refuseTakenName(
    scope.mutate("project.restored", async (tx) => {
      const before = await locked(tx, scope, id, isNotNull(project.deletedAt));
      name = before.name;
      const [row] = await tx
        .update(project)
        .set({ deletedAt: null, deletedBy: null, updatedAt: scope.now() })
        .where(mine(scope, id))
        .returning();
      return updated(before, row!);
    }),
    () => name,
  );
}

/** Ends a project for good, with its tasks; only from the trash. @throws 404. */
export function purgeProject(scope: OrganizationScope, id: string): Promise<ProjectRow> {
  return scope.mutate("project.purged", async (tx) => {
    const before = await locked(tx, scope, id, isNotNull(project.deletedAt));
    await tx.delete(project).where(mine(scope, id));
    return deleted(before);
  });
}

const mine = (scope: Pick<OrganizationScope, "organizationId">, id: string) =>
  and(eq(project.organizationId, scope.organizationId), eq(project.id, id));

const one = (db: ReadDb, organizationId: string, id: string) =>
  db
    .select()
    .from(project)
    .where(and(mine({ organizationId }, id), isNull(project.deletedAt)))
    .limit(1);

async function locked(tx: ReadDb, scope: OrganizationScope, id: string, state: SQL): Promise<ProjectRow> {
  const rows = isUuid(id)
    ? await tx
        .select()
        .from(project)
        .where(and(mine(scope, id), state))
        .for("update")
    : [];
  if (!rows[0]) throw notFound();
  return rows[0];
}

async function refuseTakenName<T>(work: Promise<T>, name: string | (() => string)): Promise<T> {
  try {
    return await work;
  } catch (err) {
    if (!isUniqueViolation(err, "project_live_name_unique")) throw err;
    const taken = typeof name === "string" ? name : name();
    throw NameTaken(`A project of this organization is already named ${JSON.stringify(taken)}.`, {
      errors: [{ path: "name", message: "is taken" }],
      cause: err,
    });
  }
}
