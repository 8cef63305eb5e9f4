import { sql } from "drizzle-orm";
import type { Retention } from "../core/retention.ts";
import type { Tx } from "./types.ts";

/** How the rows of a table end by themselves: those whose time lies back for longer than they are kept are removed. */
export type Ending = {
  table: string;
  /** The column that holds when a row is over. It leads an index. */
  at: string;
  /** What that column holds, where it isn't an instant: a day of UTC, or milliseconds since 1970. */
  as?: "day" | "milliseconds";
  /** The setting that says how long rows are kept after that; none are where it isn't given. */
  kept?: keyof Retention;
};

const dayMs = 24 * 3600 * 1000;

/** The instant before which rows of a table are over. */
export const endOf = ({ kept }: Ending, now: Date, retention: Retention): Date =>
  new Date(now.getTime() - (kept === undefined ? 0 : retention[kept]) * dayMs);

/**
 * Removes up to `limit` rows that were over before an instant, the oldest first, in all organizations. Rows that another
 * statement has locked are left for the next time. `tx` is the owner's.
 *
 * @returns how many; fewer than `limit` when those were the last.
 */
export async function removeEnded(tx: Tx, { table, at, as }: Ending, before: Date, limit: number): Promise<number> {
  const value = as === "milliseconds" ? before.getTime() : as === "day" ? before.toISOString().slice(0, 10) : before;
  const [name, column] = [sql.identifier(table), sql.identifier(at)];
  const typed = as === "milliseconds" ? sql`${value}::bigint` : as === "day" ? sql`${value}::date` : sql`${value}`;
  const { rows } = await tx.execute<{ count: number }>(sql`
    with ended as (
      select ctid from ${name} where ${column} < ${typed} order by ${column} limit ${limit} for update skip locked
    ), removed as (
      delete from ${name} where ctid = any (array(select ctid from ended)) returning 1
    ) select count(*)::int as count from removed`);
  return rows[0]?.count ?? 0;
}
