import { type RateLimiterAbstract, RateLimiterPostgres, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { Database } from "../db/client.ts";
import type { Counting, Rule } from "./limiter.ts";
import type { Redis } from "./redis.ts";

/** Counts in Redis. Rejects at once while it is away. */
export const countInRedis = (redis: Redis): Counting =>
  counting((rule) => new RateLimiterRedis({ ...options(rule), storeClient: redis, rejectIfRedisNotReady: true }));

/** Counts in PostgreSQL, one statement each. */
export function countInPostgres(database: Database): Counting {
  const pool = {
    async query(asked: { name: string; text: string; values: unknown[] }) {
      const rows = await database.statement(asked.name, asked.text, asked.values);
      return { rows, rowCount: rows.length };
    },
  };
  return counting(
    (rule) =>
      new RateLimiterPostgres({
        ...options(rule),
        storeClient: pool,
        storeType: "pool",
        tableName: "rate_limit",
        tableCreated: true,
        clearExpiredByTimeout: false,
      }),
  );
}

const options = ({ name, points, seconds }: Rule) => ({ keyPrefix: `gatehouse:${name}`, points, duration: seconds });

/** The library has one limiter for each rule. Rules come from the code, so these are few. */
function counting(make: (rule: Rule) => RateLimiterAbstract): Counting {
  const limiters = new Map<string, RateLimiterAbstract>();
  const of = (rule: Rule): RateLimiterAbstract => {
    let limiter = limiters.get(rule.name);
    if (!limiter) limiters.set(rule.name, (limiter = make(rule)));
    return limiter;
  };
  return {
    async count(rule, key) {
      const [allowed, { consumedPoints, remainingPoints, msBeforeNext }] = await consumed(of(rule), key);
      return {
        allowed,
        used: consumedPoints,
        limit: rule.points,
        remaining: remainingPoints,
        resetMs: msBeforeNext,
      };
    },
    giveBack: async (rule, key) => void (await of(rule).reward(key)),
    forget: async (rule, key) => void (await of(rule).delete(key)),
    remember: async (rule, key) => void (await of(rule).set(key, 1, rule.seconds)),
    remembers: async (rule, key) => (await of(rule).get(key)) !== null,
  };
}

/** The library rejects with a result for what is over the limit, and with an error where its store fails. */
const consumed = (limiter: RateLimiterAbstract, key: string): Promise<[boolean, RateLimiterRes]> =>
  limiter.consume(key).then(
    (result) => [true, result],
    (err: unknown) => {
      if (err instanceof RateLimiterRes) return [false, err];
      throw err;
    },
  );

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
