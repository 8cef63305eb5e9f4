import type { MiddlewareHandler } from "hono";
import { Invalid, Malformed, problem, TooLarge } from "../../core/problem.ts";
import type { Env } from "../env.ts";
import { bodyLimit } from "hono/body-limit";

export const CredentialInUrl = problem("credential_in_url", 400, "A credential must not be in a URL");

/** Bodies over 1 MiB are refused: by their Content-Length before a byte is read, else at the byte too many. */
export const limitBody: MiddlewareHandler<Env> = bodyLimit({
  maxSize: 1024 * 1024,
  onError: () => {
    throw TooLarge("A body has at most 1 MiB.");
  },
});

const suspect = /\\u(?:0000|d[89a-f])/i;

/**
 * Refuses what PostgreSQL can't store: NUL and half a surrogate pair, in a URL (as %00) or escaped in JSON. Text that
 * holds neither is only searched, not parsed.
 */
export const storableText: MiddlewareHandler<Env> = async function storableText(c, next) {
  const query = c.req.url.indexOf("?");
  if (c.req.url.includes("%00"))
    throw Invalid("A URL can't hold the NUL character.", { errors: [{ path: "url", message: "holds %00" }] });
  if (query > 0 && /[?&](api_?key|access_token|token)=/i.test(c.req.url.slice(query))) refuseCredential(c.req.path);
  if (c.req.method !== "GET" && c.req.method !== "HEAD" && c.req.header("content-type")?.includes("json")) {
    const text = await c.req.text();
    if (suspect.test(text)) {
      const path = unstorable(parsed(text), "");
      if (path !== null)
        throw Invalid("Text can't hold NUL or half a surrogate pair.", {
          errors: [{ path, message: "holds NUL or half a surrogate pair" }],
        });
    }
  }
  await next();
};

function refuseCredential(path: string): void {
  // better-auth's own mailed links carry single-use tokens in the query.
  if (path.startsWith("/v1/")) throw CredentialInUrl("Send credentials as a header: a URL ends up in logs.");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw Malformed("The body isn't JSON.");
  }
}

/** The dotted path of the first string that can't be stored; null when there is none. */
function unstorable(value: unknown, path: string): string | null {
  if (typeof value === "string") return value.includes("\0") || !value.isWellFormed() ? path || "body" : null;
  if (typeof value !== "object" || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const at = path ? `${path}.${key}` : key;
    if (key.includes("\0") || !key.isWellFormed()) return path || "body";
    const found = unstorable(inner, at);
    if (found !== null) return found;
  }
  return null;
}
