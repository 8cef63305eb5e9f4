import type { MiddlewareHandler } from "hono";
import { addressBucket } from "../../core/address.ts";
import { Problem, Unauthenticated } from "../../core/problem.ts";
import { overLimit } from "../../core/rate-limit.ts";
import type { Limiter, Rule } from "../../limits/limiter.ts";
import type { Env } from "../env.ts";
import { problemResponse } from "./errors.ts";

const forged: Rule = { name: "forged", points: 100, seconds: 60 };
const unauthenticated = Unauthenticated("").code;

/**
 * Counts credentials that are no good against the address that they come from, and tells it to slow down beyond 100 a
 * minute. What is good isn't counted, nor refused for what others behind the same address do.
 *
 * @param counts whether the credential that was refused is one to count; a session that has ended guesses nothing.
 */
export function refuseForgers(limiter: Limiter, counts: (headers: Headers) => boolean): MiddlewareHandler<Env> {
  return async function refuseForgers(c, next) {
    await next();
    if (!(c.error instanceof Problem) || c.error.code !== unauthenticated || !counts(c.req.raw.headers)) return;
    const { allowed, ...allowance } = await limiter.count(forged, addressBucket(c.var.origin.ipAddress));
    if (allowed) return;
    c.header("WWW-Authenticate", undefined);
    const refusal = overLimit("Too many credentials that are no good come from this address.", allowance);
    c.res = problemResponse(c, refusal);
  };
}
