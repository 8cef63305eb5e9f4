import type { Clock } from "../core/clock.ts";
import { OperatorError } from "../core/operator-error.ts";
import type { Logger } from "../ops/log.ts";
import type { Counting, Limiter, LimitRule } from "../core/rate-limit.ts";
import type { Database } from "../db/types.ts";
import { countInMemory } from "./memory.ts";
import { countInPostgres } from "./postgres.ts";
import { countInRedis } from "./redis.ts";

type Ports = { database: Database; clock: Clock; log: Logger };

// About 20 MB at most.
const keysMax = 100_000;
const sweepMs = 60_000;
// How long a store that failed isn't asked, so that requests don't each wait for it to fail.
const awayMs = 1_000;

/**
 * A limiter over Redis where `redisUrl` is given, else over PostgreSQL; PGlite has one process, whose memory does as
 * well. While the store is away, each process counts in its memory: limits stay, and nobody is locked out.
 */
export function openLimiter(ports: Ports, redisUrl: string | undefined): Limiter {
  const { clock, database, log } = ports;
  // Apart, so that a flood of other counters doesn't make it forget failed sign-ins.
  const memories = { signIn: countInMemory(clock, keysMax / 2), others: countInMemory(clock, keysMax / 2) };
  const sweeping = setInterval(() => {
    for (const memory of Object.values(memories)) memory.sweep();
  }, sweepMs);
  sweeping.unref();
  const memoryOf = ({ name }: LimitRule) => (name.startsWith("sign-in") ? memories.signIn : memories.others);
  const redis = redisUrl === undefined ? undefined : countInRedis(redisUrl);
  const shared = redis ?? (database.kind === "postgres" ? countInPostgres(database, clock) : null);
  let askAgainAt = 0;
  let away = false;

  const failed = (err: unknown): void => {
    askAgainAt = performance.now() + awayMs;
    if (!away)
      log.warn(
        { reason: err instanceof Error ? err.message : String(err) },
        "rate limits can't be shared; each process counts for itself",
      );
    away = true;
  };
  const ask = async <T>(rule: LimitRule, question: (counting: Counting) => Promise<T>): Promise<T> => {
    if (shared === null || rule.local || performance.now() < askAgainAt) return question(memoryOf(rule));
    try {
      const answer = await question(shared);
      if (away) log.info("rate limits are counted over all replicas again");
      away = false;
      return answer;
    } catch (err) {
      failed(err);
      return question(memoryOf(rule));
    }
  };
  return {
    count: (rule, key) => ask(rule, (counting) => counting.count(rule, key)),
    giveBack: (rule, key) => ask(rule, (counting) => counting.giveBack(rule, key)),
    forget: (rule, key) => ask(rule, (counting) => counting.forget(rule, key)),
    remember: (rule, key) => ask(rule, (counting) => counting.remember(rule, key)),
    remembers: (rule, key) => ask(rule, (counting) => counting.remembers(rule, key)),
    async ready() {
      try {
        await redis?.ready();
      } catch (err) {
        // One that is away keeps nobody from starting.
        if (err instanceof OperatorError) throw err;
        failed(err);
      }
    },
    async close() {
      clearInterval(sweeping);
      redis?.close();
    },
  };
}

/** No limits: for load tests. */
export const unlimited: Limiter = {
  count: async () => ({ allowed: true, used: 0, limit: Infinity, remaining: Infinity, resetMs: 0 }),
  giveBack: async () => {},
  forget: async () => {},
  remember: async () => {},
  remembers: async () => false,
  ready: async () => {},
  close: async () => {},
};
