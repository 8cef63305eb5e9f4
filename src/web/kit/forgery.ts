import type { MiddlewareHandler } from "hono";
import { UntrustedOrigin } from "../../http/access/forgery.ts";
import type { PageEnv } from "../../http/page.ts";

/**
 * Refuses a form that another site sent. A form of ours carries our Origin; a browser that leaves it out says that the
 * request comes from the same origin. What says neither is refused, whatever its type.
 */
export function ownFormsOnly(baseUrl: string): MiddlewareHandler<PageEnv> {
  const own = new URL(baseUrl).origin;
  return async function ownFormsOnly(c, next) {
    if (c.req.method === "GET" || c.req.method === "HEAD") return next();
    const origin = c.req.header("origin");
    const ours =
      origin === undefined || origin === "null" ? c.req.header("sec-fetch-site") === "same-origin" : origin === own;
    if (!ours) throw UntrustedOrigin("This form was sent from another site. Open the page here, and send it again.");
    await next();
  };
}
