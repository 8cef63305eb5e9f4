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
 * Refuses what PostgreSQL can't store: NUL and half a surrogate pair, in a URL or a form (as %00) or escaped in JSON.
 * Text that holds neither is only searched, not parsed.
 */
export const storableText: MiddlewareHandler<Env> = async function storableText(c, next) {
  const query = c.req.url.indexOf("?");
  if (c.req.url.includes("%00"))
    throw Invalid("A URL can't hold the NUL character.", { errors: [{ path: "url", message: "holds %00" }] });
  // better-auth's own mailed links carry single-use tokens in the query.
  if (c.req.path.startsWith("/v1/")) refuseCredential(query === -1 ? "" : c.req.url.slice(query), c.req.path);
  const type = c.req.method === "GET" || c.req.method === "HEAD" ? "" : (c.req.header("content-type") ?? "");
  if (/json/i.test(type)) {
    const text = await c.req.text();
    if (suspect.test(text)) refuseUnstorable(unstorable(parsed(text)));
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

const credentialNames = /[?&](x[-_])?(api[-_]?key|access[-_]?token|session[-_]?token|token)=/i;
const anyApiKey = /gh_[0-9A-Za-z]{49}/;

/**
 * @param query with its question mark, or an empty text.
 * @throws 400 for a credential in a URL: by a parameter's name, or an API key by its form.
 */
export function refuseCredential(query: string, path = ""): void {
  if (!credentialNames.test(query) && !anyApiKey.test(query) && !anyApiKey.test(path)) return;
  throw CredentialInUrl("Send credentials as a header: a URL ends up in logs.");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw Malformed("The body isn't JSON.");
  }
}

const storable = (text: string): boolean => !text.includes("\0") && text.isWellFormed();

type Place = { value: unknown; key: string; within: Place | null };

/** The dotted path of a string or key that can't be stored; null when there is none. Nesting costs no stack. */
function unstorable(body: unknown): string | null {
  const open: Place[] = [{ value: body, key: "", within: null }];
  for (let place = open.pop(); place; place = open.pop()) {
    const { value } = place;
    if (typeof value === "string" && !storable(value)) return dotted(place);
    if (typeof value !== "object" || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (!storable(key)) return dotted(place);
      if (typeof inner === "string" || typeof inner === "object") open.push({ value: inner, key, within: place });
    }
  }
  return null;
}

/** Where a value lies in the body, cut where a client nests or names without measure. */
function dotted(place: Place): string {
  const keys: string[] = [];
  for (let at: Place | null = place; at?.within; at = at.within) keys.push(at.key);
  return keys.toReversed().slice(0, 20).join(".").slice(0, 200) || "body";
}
