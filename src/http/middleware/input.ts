import type { MiddlewareHandler } from "hono";
import { refuseCredential } from "../../core/credential-in-url.ts";
import { Invalid, Malformed } from "../../core/problem.ts";
import { unstorableAt } from "../../core/text.ts";
import type { Env } from "../env.ts";

const suspect = /\\u(?:0000|d[89a-f])/i;

/**
 * Refuses what PostgreSQL can't store: NUL and half a surrogate pair, in a URL or a form (as %00) or escaped in JSON.
 * Text that holds neither is only searched, not parsed.
 */
export const storableText: MiddlewareHandler<Env> = async function storableText(c, next) {
  const query = c.req.url.indexOf("?");
  if (c.req.url.includes("%00")) throw Malformed("A URL can't hold the NUL character.");
  if (c.var.mount.credentialInUrl === "refused")
    refuseCredential(query === -1 ? "" : c.req.url.slice(query), c.req.path);
  if (c.var.mount.bodies === "unread") return next();
  const type = c.req.method === "GET" || c.req.method === "HEAD" ? "" : (c.req.header("content-type") ?? "");
  if (/json/i.test(type)) {
    const text = await c.req.text();
    if (suspect.test(text)) refuseUnstorable(unstorableAt(parsed(text)));
  } else if (/x-www-form-urlencoded/i.test(type)) {
    const text = await c.req.text();
    if (text.includes("%00") || text.includes("\0")) refuseUnstorable("body");
  }
  await next();
};

function refuseUnstorable(path: string | null): void {
  if (path === null) return;
  throw Invalid("Text can't hold NUL or half a surrogate pair.", {
    errors: [{ path, message: "holds NUL or half a surrogate pair" }],
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw Malformed("The body isn't JSON.");
  }
}
