import type { Context } from "hono";
import { problem } from "../../core/problem.ts";
import type { Env } from "../env.ts";

export const UntrustedOrigin = problem("untrusted_origin", 403, "Untrusted origin");

/**
 * Refuses a change that a browser may have been tricked into: it sends cookies by itself, so the request must come from
 * a trusted origin.
 *
 * @throws 403 unless the Origin header is trusted or the credential is a Bearer token.
 */
export function refuseForgery(c: Context<Env>): void {
  if (c.req.method === "GET" || c.req.method === "HEAD") return;
  // Only a program sends a Bearer token; browsers send a password for Basic by themselves too.
  if (/^bearer /i.test(c.req.header("authorization") ?? "")) return;
  const origin = c.req.header("origin");
  if (origin !== undefined && c.var.gate.trustsOrigin(origin)) return;
  throw UntrustedOrigin(
    "A request that changes something with a cookie must carry an Origin header that is listed in TRUSTED_ORIGINS.",
  );
}
