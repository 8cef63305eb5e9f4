import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/log.ts";
import type { Allowance } from "../core/rate-limit.ts";
import type { Database } from "../db/client.ts";
import { countInMemory } from "./memory.ts";
import { openRedis } from "./redis.ts";
import { countInPostgres, countInRedis } from "./shared.ts";

/** So many uses in a window that begins with the first of them. */
export type Rule = {
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
  /** Counted by this process alone: for what every page load asks, where a round trip would cost more than the answer. */
  readonly local?: boolean;
};

/** What counting one use came to. `used` counts this one and those that were refused. */
export type Count = Allowance & { allowed: boolean; used: number };

export type Counting = {
  /** Counts one use of `key`, and says whether the rule allows it: exactly its points do, however many come at once. */
  count(rule: Rule, key: string): Promise<Count>;
  /** Takes one use back that turned out not to count. */
  giveBack(rule: Rule, key: string): Promise<void>;
  /** Begins anew with `key`. */
  forget(rule: Rule, key: string): Promise<void>;
  /** Remembers `key` for the rule's window from now. */
  remember(rule: Rule, key: string): Promise<void>;
  remembers(rule: Rule, key: string): Promise<boolean>;
};

/** Counts over all replicas. Nothing rejects: without what the replicas share, each process counts for itself. */
export type Limiter = Counting & { close(): Promise<void> };

type Ports = { database: Database; clock: Clock; log: Logger };

// About 20 MB at most.
const keysMax = 100_000;
// How long a store that failed isn't asked again, so that requests don't each wait for it to fail.
const awayMs = 1_000;

/**
 * Opens the limiter over Redis where `redisUrl` is given, else over PostgreSQL. PGlite has one process, whose memory is
 * as good. While the store is away, memory stands in for it: never without a limit, and nobody locked out.
 */
export async function openLimiter(ports: Ports, redisUrl: string | undefined): Promise<Limiter> {
  const { clock, database, log } = ports;
  const memory = countInMemory(clock, keysMax);
  const redis = redisUrl === undefined ? undefined : await openRedis(redisUrl);
  const shared = redis ? countInRedis(redis) : database.kind === "postgres" ? countInPostgres(database) : memory;
  let askAgainAt = 0;
  let away = false;

  const ask = async <T>(rule: Rule, question: (counting: Counting) => Promise<T>): Promise<T> => {
    if (rule.local || performance.now() < askAgainAt) return question(memory);
    try {
      const answer = await question(shared);
      if (away) log.info("rate limits are counted over all replicas again");
      away = false;
      return answer;
    } catch (err) {
      askAgainAt = performance.now() + awayMs;
      if (!away) log.warn({ reason: String(err) }, "rate limits can't be shared; each process counts for itself");
      away = true;
      return question(memory);
    }
  };
  return {
    count: (rule, key) => ask(rule, (counting) => counting.count(rule, key)),
    giveBack: (rule, key) => ask(rule, (counting) => counting.giveBack(rule, key)),
    forget: (rule, key) => ask(rule, (counting) => counting.forget(rule, key)),
    remember: (rule, key) => ask(rule, (counting) => counting.remember(rule, key)),
    remembers: (rule, key) => ask(rule, (counting) => counting.remembers(rule, key)),
    close: async () => redis?.disconnect(),
  };
}

/** No limits: for load tests. */
export const unlimited: Limiter = {
  count: async () => ({ allowed: true, used: 0, limit: Infinity, remaining: Infinity, resetMs: 0 }),
  giveBack: async () => {},
  forget: async () => {},
  remember: async () => {},
  remembers: async () => false,
  close: async () => {},
};
