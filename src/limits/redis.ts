import { RedisClient } from "bun";
import { OperatorError } from "../core/operator-error.ts";
import type { Counting, LimitRule } from "../core/rate-limit.ts";
import { explainRedis } from "./explain-redis.ts";

/** How long a connection or a command may take before Redis counts as away. */
const patienceMs = 500;
/** How often it is tried at the start. */
const readyTries = 3;
/** How long after that an answer may still be read: where this process stood still, it has arrived by then. */
const readingMs = 10;

// One script, so that a counter is never left without an end. A counter that is given back to nothing goes.
const add = `
  local by, ms = tonumber(ARGV[1]), tonumber(ARGV[2])
  if by < 0 and redis.call("exists", KEYS[1]) == 0 then return {0, 0} end
  local used = redis.call("incrby", KEYS[1], by)
  if used <= 0 then redis.call("del", KEYS[1]) return {0, 0} end
  local left = redis.call("pttl", KEYS[1])
  if left < 0 then
    redis.call("pexpire", KEYS[1], ms)
    left = ms
  end
  return {used, left}`;

/**
 * Counts in Redis (6 or later). Connects when first asked, and again when asked after a failure.
 *
 * @throws (each method rejects) when Redis refuses, or doesn't answer within half a second. `ready` says why in words
 * for the operator: as an OperatorError where a setting is wrong.
 */
export function countInRedis(url: string): Counting & { ready(): Promise<void>; close(): void } {
  const { host } = new URL(url);
  let current: RedisClient | undefined;
  const send = async (command: string, args: string[]): Promise<unknown> => {
    const client = (current ??= new RedisClient(url, { autoReconnect: false, connectionTimeout: patienceMs }));
    try {
      return await answerOf(client.send(command, args));
    } catch (err) {
      // A connection that failed once, or hangs, isn't asked again.
      if (current === client) current = undefined;
      client.close();
      throw new Error(`Redis at ${host}: ${err instanceof Error ? err.message : String(err)}`, { cause: err });
    }
  };
  const change = async (rule: LimitRule, key: string, by: number): Promise<[number, number]> =>
    (await send("EVAL", [add, "1", nameOf(rule, key), String(by), String(rule.seconds * 1000)])) as [number, number];
  return {
    async count(rule, key) {
      const [used, resetMs] = await change(rule, key, 1);
      const { points: limit } = rule;
      return { allowed: used <= limit, used, limit, remaining: Math.max(0, limit - used), resetMs };
    },
    giveBack: async (rule, key) => void (await change(rule, key, -1)),
    forget: async (rule, key) => void (await send("DEL", [nameOf(rule, key)])),
    remember: async (rule, key) =>
      void (await send("SET", [nameOf(rule, key), "1", "PX", String(rule.seconds * 1000)])),
    remembers: async (rule, key) => (await send("EXISTS", [nameOf(rule, key)])) === 1,
    async ready() {
      for (let tries = 1; ; tries++) {
        try {
          return void (await change(probe, "start", 1));
        } catch (err) {
          // A process that has just begun may be too busy to read an answer in time.
          if (tries < readyTries) continue;
          const { line, wrong } = await explainRedis(err, url);
          throw wrong ? new OperatorError(line, { cause: err }) : new Error(line, { cause: err });
        }
      }
    },
    close: () => current?.close(),
  };
}

/** Counts as the others do: whoever may connect may still lack the right to run a script. */
const probe: LimitRule = { name: "ready", points: 1, seconds: 1 };

const nameOf = (rule: LimitRule, key: string): string => `gatehouse:${rule.name}:${key}`;

async function answerOf<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const giveUp = () => late.reject(new Error(`no answer within ${patienceMs} ms`));
  let timer = setTimeout(() => (timer = setTimeout(giveUp, readingMs)), patienceMs);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
