import { createHmac, timingSafeEqual } from "node:crypto";

/** What a request presents, before anything is known of it: a session's token, its signature checked. */
export type Credential = { kind: "session"; token: string };

/** Reads a request's credential. Null: none, or none that could be good. */
export type ReadCredential = (headers: Headers) => Credential | "conflict" | null;

const tokenPattern = /^[A-Za-z0-9]{32}$/;

/**
 * Parses cookies and the Authorization header once, and checks better-auth's signature:
 * `token.base64(HMAC-SHA256(secret, token))`, percent-encoded.
 *
 * @param secret the key that signs session cookies.
 * @param secure whether the service is reached by https, where the cookie's name has better-auth's prefix.
 */
export function credentialReader(secret: string, secure: boolean): ReadCredential {
  const cookieName = `${secure ? "__Secure-" : ""}better-auth.session_token`;
  const verify = (signed: string): string | null => {
    const dot = signed.lastIndexOf(".");
    const token = signed.slice(0, dot);
    const signature = signed.slice(dot + 1);
    if (dot < 1 || signature.length !== 44 || !tokenPattern.test(token)) return null;
    const expected = createHmac("sha256", secret).update(token).digest("base64");
    return timingSafeEqual(Buffer.from(signature), Buffer.from(expected)) ? token : null;
  };
  return (headers) => {
    const cookie = cookieValue(headers.get("cookie"), cookieName);
    const bearer = bearerValue(headers.get("authorization"));
    const fromCookie = cookie === null ? null : verify(cookie);
    const fromBearer = bearer === null ? null : verify(bearer);
    if (fromCookie !== null && fromBearer !== null && fromCookie !== fromBearer) return "conflict";
    const token = fromBearer ?? fromCookie;
    return token === null ? null : { kind: "session", token };
  };
}

/** The first cookie of that name counts, as in better-auth: one planted behind it changes nothing. */
function cookieValue(header: string | null, name: string): string | null {
  if (header === null || header.length > 16_384) return null;
  for (const part of header.split(";")) {
    const equals = part.indexOf("=");
    if (equals > 0 && part.slice(0, equals).trim() === name) return decoded(part.slice(equals + 1).trim());
  }
  return null;
}

/** RFC 6750: `Bearer`, one space, the token; the scheme's case doesn't matter. */
function bearerValue(header: string | null): string | null {
  const match = header === null || header.length > 4096 ? null : /^bearer ([\w.~+/%-]+=*)$/i.exec(header);
  return match?.[1] ? decoded(match[1]) : null;
}

function decoded(text: string): string | null {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
