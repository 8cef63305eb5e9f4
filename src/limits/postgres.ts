import { type IRateLimiterPostgresOptions, RateLimiterPostgres } from "rate-limiter-flexible";
import { batched } from "../core/batch.ts";
import type { Database } from "../db/client.ts";

type Use = { key: string; points: number; ms: number };

/** The counter as it stands after a use, in the shape in which the library reads it. */
type Stored = { rows: [{ points: number; expire: number }] };

type Row = { key: string; points: number; expire: number };

// The library's own upsert, for many keys. The rows are locked in the order of their keys, so that replicas that count
// the same keys wait for one another and never deadlock.
const text = `insert into rate_limit as r (key, points, expire)
  select key, points, $4::bigint + ms from unnest($1::text[], $2::bigint[], $3::bigint[]) as u(key, points, ms) order by key
  on conflict (key) do update set
    points = case when r.expire <= $4 then excluded.points else r.points + excluded.points end,
    expire = case when r.expire <= $4 then excluded.expire else r.expire end
  returning key, points, expire`;

/** Adds uses to their counters; uses that arrive together share one statement, in the order in which they came. */
export const batchedUses = (database: Database): ((use: Use) => Promise<Stored>) =>
  batched(
    async (uses: readonly Use[]) => {
      const sums = new Map<string, Use>();
      for (const use of uses) {
        const sum = sums.get(use.key);
        if (sum) sum.points += use.points;
        else sums.set(use.key, { ...use });
      }
      const all = [...sums.values()];
      const rows = await database.statement<Row>("count_rate_limits", text, [
        all.map(({ key }) => key),
        all.map(({ points }) => points),
        all.map(({ ms }) => ms),
        Date.now(),
      ]);
      const standing = new Map(
        rows.map((row) => [row.key, { ...row, points: row.points - (sums.get(row.key)?.points ?? 0) }]),
      );
      return uses.map(({ key, points }): Stored => {
        const counter = standing.get(key) ?? { points: 0, expire: 0 };
        counter.points += points;
        return { rows: [{ points: counter.points, expire: counter.expire }] };
      });
    },
    { inFlight: 1, size: 1024 },
  );

/** The library's limiter, whose counting goes through `batchedUses`. It adds to counters and sets none. */
export class BatchingPostgres extends RateLimiterPostgres {
  constructor(
    options: IRateLimiterPostgresOptions,
    readonly add: (use: Use) => Promise<Stored>,
  ) {
    super(options);
  }

  _upsert(key: string, points: number, ms: number): Promise<Stored> {
    return this.add({ key, points, ms });
  }
}

/**
 * Removes up to `limit` counters whose window had ended by an instant.
 *
 * @returns how many were removed; fewer than `limit` when those were the last.
 */
export async function removeEndedCounters(database: Database, instant: Date, limit: number): Promise<number> {
  const [row] = await database.statement<{ count: number }>(
    "remove_ended_rate_limits",
    `with ended as (
      select key from rate_limit where expire < $1 order by expire limit $2 for update skip locked
    ), removed as (
      delete from rate_limit using ended where rate_limit.key = ended.key returning 1
    ) select count(*)::int as count from removed`,
    [instant.getTime(), limit],
  );
  return row?.count ?? 0;
}
