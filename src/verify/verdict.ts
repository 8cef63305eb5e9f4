import { problem, RateLimited, Unauthenticated } from "../core/problem.ts";
import { allowanceHeaders } from "../core/rate-limit.ts";
import type { Standing } from "./meter.ts";
import type { Verdict } from "./verifier.ts";

export const ConflictingCredentials = problem("conflicting_credentials", 400, "Two credentials that disagree");
export const QuotaExceeded = problem("quota_exceeded", 429, "The key's quota is used up");

/** Lets a verdict through that admits. @throws the problem that tells the caller why it doesn't. */
export function admitted(verdict: Verdict): Extract<Verdict, { kind: "verified" }> {
  switch (verdict.kind) {
    case "verified":
      return verdict;
    case "conflict":
      throw ConflictingCredentials("The request carries two credentials that stand for different callers. Send one.");
    case "rate_limited":
      throw RateLimited("The key's rate limit is reached. Try again when the window ends.", {
        headers: {
          ...rateLimitHeaders(verdict.standing),
          "Retry-After": seconds(verdict.retryAfterMs),
        },
      });
    case "quota_exceeded":
      throw QuotaExceeded("The key has no uses left.", {
        headers: {
          ...rateLimitHeaders(verdict.standing),
          ...(verdict.retryAfterMs === null ? {} : { "Retry-After": seconds(verdict.retryAfterMs) }),
        },
      });
    case "refused": {
      const none = verdict.code === "no_credential";
      const challenge = none ? 'Bearer realm="gatehouse"' : 'Bearer realm="gatehouse", error="invalid_token"';
      throw Unauthenticated(explanations[verdict.code], { headers: { "WWW-Authenticate": challenge } });
    }
  }
}

const explanations = {
  no_credential: "Sign in, and send the session's cookie or its signed token as a Bearer token, or an API key.",
  invalid_credential: "The credential is not, or no longer, good. Sign in again, or use another key.",
  api_key_disabled: "The API key is disabled.",
  api_key_expired: "The API key has expired.",
  api_key_owner_gone: "The API key's creator is no longer in the organization.",
} as const;

/** How a metered key's rate limit stands; nothing for a key without one. */
export const rateLimitHeaders = ({ rateLimit }: Standing): Record<string, string> =>
  rateLimit === null ? {} : allowanceHeaders({ ...rateLimit, resetMs: rateLimit.resetInMs });

/** Whole seconds, after which what was too early no longer is. */
const seconds = (ms: number): string => String(Math.ceil(ms / 1000));
