import type { BetterAuthRateLimitStorage } from "@better-auth/core";
import type { Limiter, LimitRule } from "../../core/rate-limit.ts";
import { addressBucket } from "../../core/address.ts";
import { authCall, withAuthCall } from "../store/auth-call.ts";
import { tooManyRequests } from "./refusals.ts";
import { authRoutes } from "./routes.ts";

/** better-auth's own limiter: so many requests for a path from an address. */
export type RequestLimits = BetterAuthRateLimitStorage & {
  /** Counts a request now, by the limit that better-auth would ask for inside the transaction that `work` begins. */
  ahead<T>(address: string, path: string, limit: Limit | undefined, work: () => Promise<T>): Promise<T>;
  /** How many requests for this path were last allowed in a window. */
  limitOf(path: string): number;
  /** Counts a request for a path that isn't there. @throws 429. */
  countUnknown(address: string): Promise<void>;
  /** Takes back a request that was counted for this path, and counts it by a wider limit. @throws 429 beyond that. */
  countMistake(address: string, path: string): Promise<void>;
};

type Limit = { window: number; max: number };

// A path that holds a token must not start a count of its own each time.
const others = "/*";
// better-auth's own default.
const otherwise: Limit = { window: 10, max: 100 };
// Forms that were filled in wrongly, which take little work and tell nothing.
const mistakes: LimitRule = { name: "auth-mistakes", points: 60, seconds: 60 };

const paths = Object.keys(authRoutes).map((key) => key.slice(key.indexOf(" ") + 1));

/** Counts better-auth's requests in the same store as all other limits. */
export function requestLimits(limiter: Limiter): RequestLimits {
  const limits = new Map<string, Limit | null>([...paths, others].map((path) => [path, null]));
  const known = (path: string) => (limits.has(path) ? path : others);
  const ruleOf = ({ window, max }: Limit, path: string): LimitRule => ({
    name: `auth:${max}/${window}`,
    points: max,
    seconds: window,
    local: path === "/get-session",
  });
  const keyOf = (address: string, path: string) => `${addressBucket(address)}|${path}`;
  const count = async (key: string, limit: Limit) => {
    const bar = key.indexOf("|");
    const path = known(key.slice(bar + 1));
    limits.set(path, limit);
    const { allowed, resetMs } = await limiter.count(ruleOf(limit, path), keyOf(key.slice(0, bar), path));
    return { allowed, retryAfter: allowed ? null : Math.ceil(resetMs / 1000) };
  };
  return {
    async consume(key, limit) {
      const counted = authCall()?.counted;
      return counted?.window === limit.window && counted.max === limit.max ? counted : count(key, limit);
    },
    async ahead(address, path, limit = otherwise, work) {
      const counted = { ...limit, ...(await count(`${address}|${path}`, limit)) };
      return withAuthCall({ counted }, work);
    },
    async countUnknown(address) {
      const { retryAfter } = await count(`${address}|${others}`, otherwise);
      if (retryAfter) throw tooManyRequests({ limit: otherwise.max, remaining: 0, resetMs: retryAfter * 1000 });
    },
    async countMistake(address, path) {
      const key = keyOf(address, known(path));
      const limit = limits.get(known(path));
      if (limit) await limiter.giveBack(ruleOf(limit, path), key);
      const { allowed, ...allowance } = await limiter.count(mistakes, key);
      if (!allowed) throw tooManyRequests(allowance);
    },
    limitOf: (path) => limits.get(known(path))?.max ?? 0,
  };
}

/** The table's limits, in the form that better-auth takes. */
export const requestRules = Object.fromEntries(
  Object.entries(authRoutes).flatMap(([key, { limit }]) => (limit ? [[key.slice(key.indexOf(" ") + 1), limit]] : [])),
);
