import { z } from "zod";
import { page, pageQuery } from "../../../core/page.ts";
import type { OrganizationScope } from "../../../core/scope.ts";
import type { Trash } from "../../../http/module.ts";
import { list, timestamp } from "../../../http/schemas.ts";

export const TrashQuery = z.object(pageQuery);

/** How the trash shows what is in it. Each kind may have fields of its own, which are null for the others. */
export function trashList(kinds: readonly Trash[]) {
  const own = kinds.flatMap(({ fields = {} }) => Object.entries(fields));
  const Trashed = z
    .object({
      type: z.enum(kinds.map(({ kind }) => kind)),
      id: z.string(),
      name: z.string(),
      ...Object.fromEntries(own.map(([field, schema]) => [field, schema.nullable()])),
      deletedAt: timestamp(),
      deletedBy: z.object({ id: z.string(), name: z.string() }).nullable(),
    })
    .meta({ id: "Trashed" });
  return list(Trashed, "TrashList");
}

/** One page of what the organization has deleted, of every kind, last deleted first. */
export async function listTrash(
  kinds: readonly Trash[],
  scope: OrganizationScope,
  { limit, cursor }: z.infer<typeof TrashQuery>,
) {
  const after = cursor === undefined ? null : scope.cursors.decode("trash", cursor);
  const others = Object.fromEntries(
    kinds.flatMap(({ fields = {} }) => Object.keys(fields).map((name) => [name, null])),
  );
  const lists = await Promise.all(
    kinds.map(async ({ kind, list }) =>
      (await list(scope, after, limit + 1)).map((row) => ({
        ...others,
        ...row,
        type: kind,
        deletedAt: row.deletedAt.toISOString(),
      })),
    ),
  );
  const rows = lists.flat().toSorted((a, b) => compare(b.deletedAt, a.deletedAt) || compare(b.id, a.id));
  return page(rows, limit, (row) => scope.cursors.encode("trash", [row.deletedAt, row.id]));
}

// As PostgreSQL orders instants and UUIDs: RFC 3339 UTC and lower-case hex sort like what they stand for.
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
