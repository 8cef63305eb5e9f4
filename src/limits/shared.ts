import { type RateLimiterAbstract, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { Database } from "../db/client.ts";
import type { Counting, Rule } from "./limiter.ts";
import { batchedUses, BatchingPostgres } from "./postgres.ts";
import type { Redis } from "./redis.ts";

/** Counts in Redis. Rejects at once while it is away. */
export const countInRedis = (redis: Redis): Counting =>
  counting((rule) => new RateLimiterRedis({ ...options(rule), storeClient: redis, rejectIfRedisNotReady: true }));

/** Counts in PostgreSQL: what is counted at the same time, for whatever rule, shares a statement. */
export function countInPostgres(database: Database): Counting {
  const pool = {
    async query(asked: { name: string; text: string; values: unknown[] }) {
      const rows = await database.statement(asked.name, asked.text, asked.values);
      return { rows, rowCount: rows.length };
    },
  };
  const add = batchedUses(database);
  const store = {
    storeClient: pool,
    storeType: "pool",
    tableName: "rate_limit",
    tableCreated: true,
    clearExpiredByTimeout: false,
  };
  return counting((rule) => new BatchingPostgres({ ...options(rule), ...store }, add));
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
    async remember(rule, key) {
      await of(rule).delete(key);
      await of(rule).penalty(key);
    },
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
