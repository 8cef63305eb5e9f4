import { type Problem, RateLimited } from "./problem.ts";

/** How much of a limit is left, and in how many milliseconds it is whole again. */
export type Allowance = { limit: number; remaining: number; resetMs: number };

/** So many uses in a window that begins with the first of them. */
export type LimitRule = {
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
  count(rule: LimitRule, key: string): Promise<Count>;
  /** Takes one use back that turned out not to count. */
  giveBack(rule: LimitRule, key: string): Promise<void>;
  /** Resets the count of `key`. */
  forget(rule: LimitRule, key: string): Promise<void>;
  /** Remembers `key` for the rule's window from now. */
  remember(rule: LimitRule, key: string): Promise<void>;
  remembers(rule: LimitRule, key: string): Promise<boolean>;
};

/** Counts over all replicas. Counting never rejects: without what the replicas share, each process counts for itself. */
export type Limiter = Counting & {
  /** Settles once what the replicas share has been tried. @throws OperatorError where a setting is wrong. */
  ready(): Promise<void>;
  close(): Promise<void>;
};

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
