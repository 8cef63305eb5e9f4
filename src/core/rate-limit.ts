import { type Problem, RateLimited } from "./problem.ts";

/** How much of a limit is left, and in how many milliseconds it is whole again. */
export type Allowance = { limit: number; remaining: number; resetMs: number };

const seconds = (ms: number): string => String(Math.max(0, Math.ceil(ms / 1000)));

/** `RateLimit-Limit`, `-Remaining` and `-Reset` (seconds), as the IETF draft's early versions and most clients have them. */
export const allowanceHeaders = ({ limit, remaining, resetMs }: Allowance): Record<string, string> =>
  Number.isFinite(limit)
    ? {
        "RateLimit-Limit": String(limit),
        "RateLimit-Remaining": String(remaining),
        "RateLimit-Reset": seconds(resetMs),
      }
    : {};

/** The headers of a 429 (RFC 6585), which says when to come back. */
export const refusalHeaders = (allowance: Allowance): Record<string, string> => ({
  ...allowanceHeaders(allowance),
  "Retry-After": seconds(Math.max(1, allowance.resetMs)),
});

/** The 429 for a limit that is used up. */
export const overLimit = (detail: string, allowance: Allowance): Problem =>
  RateLimited(detail, { headers: refusalHeaders(allowance) });
