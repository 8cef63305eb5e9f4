import { and, eq, inArray, sql } from "drizzle-orm";
import { z } from "zod";
import { user } from "../../auth/tables.ts";
import type { OrganizationScope } from "../../core/scope.ts";
import { list } from "../../http/schemas.ts";
import { Project, type ProjectRow } from "./projects.ts";
import { project } from "./table.ts";

/** Of an owner, this much is anybody's in the organization; the address isn't. */
export const Owner = z.object({ id: z.string(), name: z.string(), image: z.string().nullable() }).meta({ id: "Owner" });

export const ProjectWithIncludes = Project.extend({
  owner: Owner.nullable().optional(),
  tasks: z.object({ count: z.int() }).optional(),
}).meta({ id: "ProjectWithIncludes" });

export const ProjectList = list(ProjectWithIncludes, "ProjectList");

const parts = ["owner", "tasks"] as const;

/** `?include=owner,tasks`: what comes along with each project. */
export const include = z
  .string()
  .default("")
  .transform((value) => value.split(",").filter(Boolean))
  .pipe(z.array(z.enum(parts)))
  .meta({
    type: "string",
    description: "`owner` (id, name, image), `tasks` (how many are live), or both",
    example: "owner,tasks",
  });

/** Adds what was asked for to the projects, in one statement for all of them and none where nothing was. */
export async function withIncludes(scope: OrganizationScope, projects: ProjectRow[], wanted: z.infer<typeof include>) {
  if (wanted.length === 0 || projects.length === 0) return projects;
  // Written by hand, since a module's verbs don't reach into another module's table.
  const tasks = sql<number>`(select count(*)::int from task t where t.organization_id = ${project.organizationId} and t.project_id = ${project.id} and t.deleted_at is null)`;
  const rows = await scope.db
    .select({
      id: project.id,
      owner: { id: user.id, name: user.name, image: user.image },
      count: wanted.includes("tasks") ? tasks : sql<number>`0`,
    })
    .from(project)
    .leftJoin(user, eq(user.id, project.ownerId))
    .where(
      and(
        eq(project.organizationId, scope.organizationId),
        inArray(
          project.id,
          projects.map((row) => row.id),
        ),
      ),
    );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return projects.map((row) => ({
    ...row,
    ...(wanted.includes("owner") ? { owner: byId.get(row.id)?.owner ?? null } : {}),
    ...(wanted.includes("tasks") ? { tasks: { count: byId.get(row.id)?.count ?? 0 } } : {}),
  }));
}
