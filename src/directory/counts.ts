import type { Database } from "../db/types.ts";

const text = `select (select count(*)::int from "member" where user_id = $1) as organizations,
  (select count(*)::int from "session" where user_id = $1 and expires_at > $2) as sessions`;

/** How many organizations a user is a member of, and how many live sessions they have. */
export async function countOwn({ database }: { database: Database }, userId: string, now: Date) {
  type Row = { organizations: number; sessions: number };
  const [row] = await database.statement<Row>("counts_of_user", text, [userId, now]);
  return row ?? { organizations: 0, sessions: 0 };
}
