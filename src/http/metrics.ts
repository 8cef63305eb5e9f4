import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { NotFound } from "../core/problem.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { Env } from "./env.ts";

/** Answers Prometheus with the service's figures. @throws 404 without the token, as if they weren't there. */
export function metricsFor(token: string | undefined, metrics: Pick<Metrics, "text" | "contentType">) {
  const asked = token === undefined ? null : digest(`Bearer ${token}`);
  const answer: MiddlewareHandler<Env> = async function metrics_(c) {
    const given = digest(c.req.header("authorization") ?? "");
    if (asked === null || !timingSafeEqual(asked, given)) throw NotFound("There is nothing at this path.");
    return c.body(await metrics.text(), 200, { "Content-Type": metrics.contentType });
  };
  return answer;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
