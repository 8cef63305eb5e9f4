import { and, eq, ilike, isNotNull, isNull, type SQL } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import { z } from "zod";
import type { OrganizationScope } from "../../core/scope.ts";
import { keyset } from "../../db/keyset.ts";
import { type CursorCodec, likePattern, page, pageQuery } from "../../http/pagination.ts";
import { project, projectColumns } from "./table.ts";

export const ProjectQuery = z.object({
  ...pageQuery,
  q: z.string().trim().max(120).optional(),
  sort: z.enum(["-createdAt", "createdAt", "name", "-name"]).default("-createdAt"),
  deleted: z.enum(["exclude", "include", "only"]).default("exclude"),
});

/** One page of the organization's projects, by keyset: the last page costs what the first does. */
export async function listProjects(
  scope: OrganizationScope,
  query: z.infer<typeof ProjectQuery>,
  cursors: CursorCodec,
) {
  const { limit, sort, q } = query;
  const name = `projects:${sort}`;
  const byName = sort.endsWith("name");
  const { orderBy, after } = keyset(
    byName ? project.nameKey : project.createdAt,
    project.id,
    sort.startsWith("-") ? "desc" : "asc",
    query.cursor ? cursors.decode(name, query.cursor) : null,
  );
  const inState = (state: SQL) =>
    scope.db
      .select({ ...projectColumns, nameKey: project.nameKey })
      .from(project)
      .where(
        and(
          eq(project.organizationId, scope.organizationId),
          state,
          q ? ilike(project.name, likePattern(q)) : undefined,
          after,
        ),
      )
      .orderBy(...orderBy)
      .limit(limit + 1);
  const [live, trashed] = [isNull(project.deletedAt), isNotNull(project.deletedAt)];
  // The indexes are of live rows and of deleted ones, so both kinds at once are two ordered reads, merged.
  const rows = await (query.deleted === "include"
    ? unionAll(inState(live), inState(trashed))
        .orderBy(...orderBy)
        .limit(limit + 1)
    : inState(query.deleted === "only" ? trashed : live));
  return page(rows, limit, (row) => cursors.encode(name, [byName ? row.nameKey : row.createdAt.toISOString(), row.id]));
}
