import { timingSafeEqual } from "node:crypto";
import { isApiKey } from "../core/api-key.ts";
import { organizationSelector, type OrganizationSelector, type Verified } from "../core/principal.ts";

/** What a request presents, as it came: not yet known to be good. */
export type Presented = { kind: "session" | "apiKey"; raw: string };

/** A session's token whose signature was right, or a key whose checksum was. */
export type Credential = { kind: "session"; token: string } | { kind: "apiKey"; key: string };

export type Credentials = {
  /** Finds the request's credential without checking it. Two that might both be good are checked here. */
  fromHeaders(headers: Headers): Presented | "conflict" | null;
  /** The headers for whoever takes the first or the last of several session cookies: only the one that counts is left. */
  settled(headers: Headers): Headers;
  /** Null: forged, and no query needs to be made. */
  check(presented: Presented): Credential | null;
};

/** A question of a service about the holder of a token that it was handed. */
export type TokenQuestion = {
  presented: Presented;
  selector: OrganizationSelector;
  /** Whether the holder must be in the selected organization. */
  named: boolean;
  /** Whether the service may learn of this holder. */
  mayKnow: (holder: Verified) => boolean;
};

/**
 * Reads which holder a service asks about.
 *
 * @param about.org the organization that it names, by id or slug.
 * @param about.boundTo the only organization that the service may learn of; null lifts the bound.
 * @returns null for a token that no header could hold, where credentials otherwise come from.
 */
export function fromToken(
  token: string,
  { org, boundTo }: { org: string | undefined; boundTo: string | null },
): TokenQuestion | null {
  if (!/^[\x21-\x7e]+$/.test(token)) return null;
  const kind = isApiKey(token) ? "apiKey" : "session";
  // A session may be active elsewhere; a key has one organization anyway.
  const bound = kind === "session" ? boundTo : null;
  return {
    presented: { kind, raw: token },
    selector: organizationSelector(org ?? bound ?? "current") ?? { by: "none" },
    named: org !== undefined || bound !== null,
    mayKnow: ({ organization }) => boundTo === null || organization?.id === boundTo,
  };
}

const tokenPattern = /^[A-Za-z0-9]{32}$/;
const signaturePattern = /^[A-Za-z0-9+/]{43}=$/;

/**
 * Reads credentials: the session cookie or Bearer token in better-auth's form,
 * `token.base64(HMAC-SHA256(secret, token))`, percent-encoded, and API keys as Bearer token or X-API-Key.
 *
 * @param secret the key that signs session cookies.
 * @param cookieName of the cookie that holds the session's token.
 */
export function credentialReader(secret: string, cookieName: string): Credentials {
  const [given, expected] = [Buffer.alloc(44), Buffer.alloc(44)];
  const keyed = new Bun.CryptoHasher("sha256", secret);
  const check: Credentials["check"] = ({ kind, raw }) => {
    if (kind === "apiKey") return isApiKey(raw) ? { kind, key: raw } : null;
    const signed = decoded(raw);
    const dot = signed?.lastIndexOf(".") ?? -1;
    if (signed === null || dot < 1) return null;
    const token = signed.slice(0, dot);
    const signature = signed.slice(dot + 1);
    if (!signaturePattern.test(signature) || !tokenPattern.test(token)) return null;
    given.write(signature, "latin1");
    expected.write(keyed.copy().update(token).digest("base64"), "latin1");
    return timingSafeEqual(given, expected) ? { kind, token } : null;
  };
  const settle = (candidates: readonly Presented[]): Presented | "conflict" | null => {
    const good = new Map<string, Presented>();
    for (const candidate of candidates) {
      const credential = check(candidate);
      if (credential) good.set(credential.kind === "session" ? credential.token : credential.key, candidate);
    }
    if (good.size > 1) return "conflict";
    return good.values().next().value ?? candidates[0] ?? null;
  };
  const fromHeaders: Credentials["fromHeaders"] = (headers) => {
    const cookies = cookieValues(headers.get("cookie"), cookieName);
    const authorization = headers.get("authorization");
    const apiKey = headers.get("x-api-key");
    if (authorization === null && apiKey === null) {
      if (cookies === null) return null;
      if (typeof cookies === "string") return { kind: "session", raw: cookies };
    }
    const bearer = authorization === null ? null : bearerValue(authorization);
    const candidates: Presented[] = [];
    if (bearer !== null) candidates.push(bearer);
    if (apiKey !== null) candidates.push({ kind: "apiKey", raw: apiKey });
    if (typeof cookies === "string") candidates.push({ kind: "session", raw: cookies });
    else for (const raw of cookies ?? []) candidates.push({ kind: "session", raw });
    return candidates.length < 2 ? (candidates[0] ?? null) : settle(candidates);
  };
  return {
    check,
    fromHeaders,
    settled(headers) {
      const cookies = headers.get("cookie");
      if (cookies === null || !Array.isArray(cookieValues(cookies, cookieName))) return headers;
      const found = fromHeaders(headers);
      if (found === "conflict") return headers;
      const settled = new Headers(headers);
      const others = cookies.split(";").filter((pair) => !pair.trimStart().startsWith(`${cookieName}=`));
      settled.set("cookie", [...others, `${cookieName}=${found?.kind === "session" ? found.raw : ""}`].join(";"));
      return settled;
    },
  };
}

/**
 * Every cookie of that name: a neighbour on the domain can plant one before or behind the right one. A single one,
 * which nearly every request has, takes no list.
 */
function cookieValues(header: string | null, name: string): string | readonly string[] | null {
  if (header === null || header.length > 16_384) return null;
  let found: string | readonly string[] | null = null;
  for (let start = 0; start < header.length;) {
    const semicolon = header.indexOf(";", start);
    const end = semicolon === -1 ? header.length : semicolon;
    while (header.charCodeAt(start) === 0x20) start++;
    if (header.startsWith(name, start) && header.charCodeAt(start + name.length) === 0x3d) {
      const value = header.slice(start + name.length + 1, end).trim();
      found = found === null ? value : [...(typeof found === "string" ? [found] : found), value];
      if (!header.includes(name, end)) break;
    }
    start = end + 1;
  }
  return found;
}

const bearerPattern = /^bearer ([\w.~+/%-]+=*)$/i;

/** RFC 6750: `Bearer`, one space, the token; the scheme's case doesn't matter. */
function bearerValue(header: string): Presented | null {
  const raw = header.length > 4096 ? undefined : bearerPattern.exec(header)?.[1];
  if (raw === undefined) return null;
  return { kind: raw.startsWith("gh_") ? "apiKey" : "session", raw };
}

/** Whether a credential is written as we and browsers write it: plain, or percent-encoded where it has to be. */
export function isCanonical({ raw }: Presented): boolean {
  const plain = decoded(raw);
  return plain !== null && (raw === plain || raw === encodeURIComponent(plain));
}

function decoded(text: string): string | null {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
