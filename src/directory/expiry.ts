import { sql } from "drizzle-orm";
import type { Database, Tx } from "../db/types.ts";

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

/**
 * Deletes people without an account who came before `before` and whose session has ended: nobody can be them any more.
 *
 * @param page.after looks at up to `limit` of those whose ids come after this one.
 * @returns the ids of those who were deleted, and the last one that was looked at; null where none was.
 */
export async function removeAbandoned(
  tx: Tx,
  { before, now }: { before: Date; now: Date },
  page: { after: string; limit: number },
): Promise<{ gone: string[]; last: string | null }> {
  const { rows } = await tx.execute<{ gone: string[]; last: string | null }>(sql`
    with page as (
      select id from "user" where is_anonymous and id > ${page.after} and created_at < ${before}
      order by id limit ${page.limit}
    ), gone as (
      delete from "user" u using page where u.id = page.id and not ('admin' = any (string_to_array(coalesce(u.role, ''), ',')))
        and not exists (select from "session" s where s.user_id = u.id and s.expires_at > ${now})
      returning u.id
    ) select (select coalesce(json_agg(id), '[]') from gone) as gone, (select max(id) from page) as last`);
  return rows[0] ?? { gone: [], last: null };
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
