import { and, eq, inArray } from "drizzle-orm";
import { z } from "zod";
import { user } from "../../../auth/tables/identity.ts";
import type { OrganizationScope } from "../../../core/scope.ts";
import type { Module } from "../../../http/module.ts";
import { list, orNull } from "../../../http/schemas.ts";
import { Project, ProjectQuery } from "./schemas.ts";
import { project } from "./table.ts";

/** What anyone in the organization sees of an owner; the address isn't in it. */
const Owner = z.object({ id: z.string(), name: z.string(), image: z.string().nullable() }).meta({ id: "Owner" });

const Count = z.object({ count: z.int() }).optional();

export type Includes = ReturnType<typeof projectIncludes>;

/** `?include=`: what comes along with a project, which is its owner, and what other modules count of it. */
export function projectIncludes(modules: readonly Pick<Module, "counts">[]) {
  const counts = Object.assign({}, ...modules.map((module) => module.counts?.["project"])) as NonNullable<
    Module["counts"]
  >[string];
  const names = Object.keys(counts);
  const ProjectIncludes = z.object({
    include: z
      .string()
      .default("")
      .transform((value) => value.split(",").filter(Boolean))
      .pipe(z.array(z.enum(["owner", ...names])))
      .meta({
        type: "string",
        description: `\`owner\`${names.map((name) => `, \`${name}\` (how many are live)`).join("")}, or several of them, separated by commas`,
        example: ["owner", ...names].join(","),
      }),
  });
  const ProjectWithIncludes = Project.extend({
    owner: orNull(Owner).optional(),
    ...Object.fromEntries(names.map((name) => [name, Count])),
  }).meta({ id: "ProjectWithIncludes" });

  /** Adds what is wanted to the projects: one statement for each kind of it, however many they are. */
  async function withIncludes<Row extends { id: string }>(
    scope: OrganizationScope,
    projects: Row[],
    wanted: readonly string[],
  ) {
    if (projects.length === 0 || wanted.length === 0) return projects;
    const ids = projects.map(({ id }) => id);
    const owners = wanted.includes("owner") ? await ownersOf(scope, ids) : null;
    const counted = await Promise.all(
      names.flatMap((name) => (wanted.includes(name) ? [countOf(name, scope, ids)] : [])),
    );
    return projects.map((row) => ({
      ...row,
      ...(owners && { owner: owners.get(row.id) ?? null }),
      ...Object.fromEntries(counted.map(([name, byId]) => [name, { count: byId.get(row.id) ?? 0 }])),
    }));
  }
  const countOf = async (name: string, scope: OrganizationScope, ids: readonly string[]) =>
    [name, (await counts[name]?.(scope, ids)) ?? new Map<string, number>()] as const;

  return {
    ProjectIncludes,
    ProjectListQuery: ProjectQuery.extend(ProjectIncludes.shape),
    ProjectWithIncludes,
    ProjectList: list(ProjectWithIncludes, "ProjectList"),
    withIncludes,
  };
}

async function ownersOf({ db, organizationId }: OrganizationScope, ids: readonly string[]) {
  const rows = await db
    .select({ id: project.id, owner: { id: user.id, name: user.name, image: user.image } })
    .from(project)
    .innerJoin(user, eq(user.id, project.ownerId))
    .where(and(eq(project.organizationId, organizationId), inArray(project.id, [...ids])));
  return new Map(rows.map(({ id, owner }) => [id, owner]));
}
