import { sql } from "drizzle-orm";
import type { Ending } from "../db/ending.ts";
import type { Tx } from "../db/types.ts";

/** What of people and organizations ends by itself, by what it is called. What has expired had ended before: there is no event of it. */
export const endings = {
  sessions: { table: "session", at: "expires_at", kept: "sessions" },
  verifications: { table: "verification", at: "expires_at", kept: "verifications" },
  invitations: { table: "invitation", at: "expires_at", kept: "invitations" },
  keys: { table: "apikey", at: "expires_at", kept: "keys" },
} as const satisfies Readonly<Record<string, Ending>>;

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
