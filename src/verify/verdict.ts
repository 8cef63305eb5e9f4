import { ConflictingCredentials, QuotaExceeded, RateLimited, Unauthenticated } from "../core/problem.ts";
import { allowanceHeaders } from "../core/rate-limit.ts";
import type { KeyUsage } from "./meter.ts";
import type { Verdict } from "./verifier.ts";

/** The verdict if it admits the caller. @throws the problem that says why it doesn't. */
export function admitted(verdict: Verdict): Extract<Verdict, { kind: "verified" }> {
  switch (verdict.kind) {
    case "verified":
      return verdict;
    case "conflict":
      throw conflicting();
    case "rate_limited":
      throw RateLimited("The key's rate limit is reached. Try again when the window ends.", {
        headers: {
          ...rateLimitHeaders(verdict.usage),
          "Retry-After": seconds(verdict.retryAfterMs),
        },
      });
    case "quota_exceeded":
      throw QuotaExceeded("The key has no uses left.", {
        headers: {
          ...rateLimitHeaders(verdict.usage),
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

/** The refusal of two credentials that might both be good. */
export const conflicting = () =>
  ConflictingCredentials("The request carries two credentials that stand for different callers. Send one.");

const explanations = {
  no_credential: "Sign in, and send the session's cookie or its signed token as a Bearer token, or an API key.",
  invalid_credential: "The credential is invalid or has ended. Sign in again, or use another key.",
  api_key_disabled: "The API key is disabled.",
  api_key_expired: "The API key has expired.",
  api_key_owner_gone: "The API key's creator is no longer in the organization.",
} as const;

/** The headers of a metered key's rate limit; none for a key without one. */
export const rateLimitHeaders = ({ rateLimit }: KeyUsage): Record<string, string> =>
  rateLimit === null ? {} : allowanceHeaders({ ...rateLimit, resetMs: rateLimit.resetInMs });

/** Whole seconds, rounded up so that a retry then isn't too early. */
const seconds = (ms: number): string => String(Math.ceil(ms / 1000));
