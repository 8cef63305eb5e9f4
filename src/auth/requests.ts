import type { BetterAuthRateLimitStorage } from "@better-auth/core";
import type { Limiter } from "../limits/limiter.ts";

/** better-auth's own limiter: so many requests for a path from an address. */
export type RequestLimits = BetterAuthRateLimitStorage & {
  /** Names the paths that are counted apart; all others are counted together. */
  know(paths: Iterable<string>): void;
  /** How many requests for this path were last allowed in a window. */
  limitOf(path: string): number;
};

// A path with a token in it, or one that isn't there, must not begin a count of its own each time.
const others = "/*";

/** Counts better-auth's requests where all other limits are counted. */
export function requestLimits(limiter: Limiter): RequestLimits {
  const limits = new Map<string, number>([[others, 0]]);
  const known = (path: string) => (limits.has(path) ? path : others);
  return {
    know(paths) {
      for (const path of paths) limits.set(path, 0);
    },
    limitOf: (path) => limits.get(known(path)) ?? 0,
    async consume(key, { window, max }) {
      const bar = key.indexOf("|");
      const path = known(key.slice(bar + 1));
      limits.set(path, max);
      const rule = { name: `auth:${max}/${window}`, points: max, seconds: window, local: path === "/get-session" };
      const { allowed, resetMs } = await limiter.count(rule, `${key.slice(0, bar)}|${path}`);
      return { allowed, retryAfter: allowed ? null : Math.ceil(resetMs / 1000) };
    },
  };
}

/** Where better-auth's rules don't fit: a sign-in that fails is counted apart, so that one that doesn't costs nothing. */
export const requestRules = {
  "/sign-in/email": { window: 10, max: 20 },
  "/delete-user": { window: 60, max: 5 },
  "/verify-password": { window: 60, max: 5 },
};
