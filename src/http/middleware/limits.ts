import type { MiddlewareHandler } from "hono";
import { addressBucket } from "../../core/address.ts";
import { Problem, Unauthenticated } from "../../core/problem.ts";
import { overLimit } from "../../core/rate-limit.ts";
import type { Limiter, LimitRule } from "../../core/rate-limit.ts";
import { InvalidClient } from "../access/client.ts";
import type { Env } from "../env.ts";
import { problemResponse } from "../errors/respond.ts";

const forged: LimitRule = { name: "forged", points: 100, seconds: 60 };

/**
 * Counts refused credentials by client address, and answers 429 beyond 100 a minute. Good credentials aren't counted, and
 * aren't refused because of others behind the same address.
 *
 * @param counts whether a refused credential counts; a session that has ended guesses nothing.
 */
export function refuseForgers(limiter: Limiter, counts: (headers: Headers) => boolean): MiddlewareHandler<Env> {
  return async function refuseForgers(c, next) {
    await next();
    const guessed =
      c.error instanceof Problem &&
      (c.error.code === InvalidClient.code || (c.error.code === Unauthenticated.code && counts(c.req.raw.headers)));
    if (!guessed) return;
    const { allowed, ...allowance } = await limiter.count(forged, addressBucket(c.var.origin.ipAddress));
    if (allowed) return;
    c.header("WWW-Authenticate", undefined);
    const refusal = overLimit("Too many invalid credentials come from this address.", allowance);
    c.res = problemResponse(c, refusal);
  };
}
