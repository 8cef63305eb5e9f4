import type { Database } from "../db/types.ts";

// Named by table, since a name can't be a parameter. Rows that another statement has locked are left for the next run.
const statements = {
  session: removal("session"),
  verification: removal("verification"),
} as const;

/**
 * Deletes up to `limit` sessions or verifications that had expired at an instant.
 *
 * @returns how many were deleted; fewer than `limit` when those were the last.
 */
export async function removeExpired(
  database: Database,
  table: keyof typeof statements,
  instant: Date,
  limit: number,
): Promise<number> {
  const [row] = await database.statement<{ count: number }>(`remove_expired_${table}`, statements[table], [
    instant,
    limit,
  ]);
  return row?.count ?? 0;
}

/** The ids of up to `limit` organizations that come after `id`, in their order; '' begins. */
export async function organizationsAfter(database: Database, id: string, limit: number): Promise<string[]> {
  const rows = await database.statement<{ id: string }>(
    "organizations_after",
    'select id from "organization" where id > $1 order by id limit $2',
    [id, limit],
  );
  return rows.map((row) => row.id);
}

function removal(table: string): string {
  return `with expired as (
      select id from "${table}" where expires_at < $1 order by expires_at limit $2 for update skip locked
    ), removed as (
      delete from "${table}" using expired where "${table}".id = expired.id returning 1
    ) select count(*)::int as count from removed`;
}
