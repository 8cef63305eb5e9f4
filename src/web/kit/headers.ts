import type { MiddlewareHandler } from "hono";
import type { PageEnv } from "../../http/page.ts";

/**
 * What browsers are told of pages: nothing inline, nothing from elsewhere. Forms may lead on to trusted origins, since
 * Chromium holds redirects to `form-action` too. Forms need a Referrer-Policy with which browsers send their Origin.
 */
export function pageHeaders(trustedOrigins: readonly string[], logoUrl: string | null): MiddlewareHandler<PageEnv> {
  const logo = logoUrl?.startsWith("https:") ? ` ${new URL(logoUrl).origin}` : "";
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data:${logo}`,
    "connect-src 'self'",
    ["form-action 'self'", ...trustedOrigins].join(" "),
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  return async function pageHeaders(c, next) {
    await next();
    const { headers } = c.res;
    headers.set("Content-Security-Policy", policy);
    headers.set("Referrer-Policy", "same-origin");
    headers.append("Vary", "Accept-Language, Cookie");
  };
}
