import { z } from "zod";
import type { Method } from "../core/sign-in.ts";
import { checked, count, flag, urlFault } from "./kinds.ts";

/** Characters that a secret has at least. */
export const secretLength = 32;

/** How people sign in, and how long they stay. */
export const signInSettings = z.object({
  AUTH_SECRET: z
    .string()
    .min(secretLength, `must have at least ${secretLength} characters (openssl rand -base64 32)`)
    .optional()
    .describe("Signs cookies and encrypts keys; made and kept under `STATE_DIR` outside production"),
  SIGN_UP: z
    .enum(["verified", "at-once"])
    .default("verified")
    .describe(
      "`at-once` signs people in as they sign up, which tells who has an account; else they confirm their address first",
    ),
  EMAIL_CODE: flag("off").describe("`on` lets people sign in, and up, by a link or a code that is mailed to them"),
  ANONYMOUS: flag("off").describe(
    "`on` gives a session to whoever asks, without an account, to be kept by signing in or up later",
  ),
  PASSKEY_DOMAIN: z
    .string()
    .regex(/^[a-z0-9.-]{1,253}$/, "must be a domain in lower case, such as example.com")
    .optional()
    .describe(
      "Lets people sign in with passkeys made for this domain: `BASE_URL`'s host or a parent of it. They can't be moved",
    ),
  SESSION_MAX_AGE: count(30 * 24 * 3600, 60).describe("Seconds that a session lives without use"),
  SESSION_UPDATE_AGE: count(24 * 3600, 0).describe("Seconds after which a session in use is extended"),
  SESSION_LIFETIME: count(90 * 24 * 3600, 60).describe("Seconds after which a session ends, however much it is used"),
  FRESH_SIGN_IN_AGE: count(15 * 60, 60).describe(
    "Seconds after a sign-in in which what is sensitive may be done; then it asks for another one",
  ),
  BREACHED_PASSWORDS_URL: checked((text) => urlFault(text, ["https", "http"], "https://breaches.example.com"))
    .optional()
    .describe(
      "Base URL of a range API that new passwords are looked up in by five digits of their SHA-1 (`GET URL/range/21BD1`); none is asked where it isn't set",
    ),
});

export const signInConfig = (env: z.infer<typeof signInSettings>) => ({
  /** Undefined: one is made and kept; see secret.ts. */
  secret: env.AUTH_SECRET,
  /** The ways in that are on, beside the password and the providers. */
  methods: new Set<Method>([
    ...(env.EMAIL_CODE ? ["emailCode" as const] : []),
    ...(env.PASSKEY_DOMAIN ? ["passkey" as const] : []),
    ...(env.ANONYMOUS ? ["anonymous" as const] : []),
  ]),
  /** Whether who signs up is signed in at once, before their address is verified. */
  signUpAtOnce: env.SIGN_UP === "at-once",
  passkeyDomain: env.PASSKEY_DOMAIN,
  sessionMaxAge: env.SESSION_MAX_AGE,
  sessionUpdateAge: env.SESSION_UPDATE_AGE,
  sessionLifetime: env.SESSION_LIFETIME,
  /** Seconds. */
  freshAge: env.FRESH_SIGN_IN_AGE,
  /** Without a slash at its end; undefined asks none. */
  breachedPasswordsUrl: env.BREACHED_PASSWORDS_URL?.replace(/\/+$/, ""),
});

/** What is wrong with the passkeys' domain beside the service's own origin. */
export function signInFaults(env: Readonly<Record<string, string | undefined>>): [string, string][] {
  const { PASSKEY_DOMAIN: domain, BASE_URL: base = "http://localhost" } = env;
  if (!domain || !URL.canParse(base) || isUnder(new URL(base).hostname, domain)) return [];
  return [["PASSKEY_DOMAIN", `must be ${new URL(base).hostname}, the host of BASE_URL, or a parent of it`]];
}

/** Whether a host is a domain or below it. */
export const isUnder = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

/** Passkeys work on this service's origin, and on trusted ones under their domain. */
export function relyingParty(
  { baseUrl, trustedOrigins }: { baseUrl: string; trustedOrigins: readonly string[] },
  passkeyDomain: string | undefined,
) {
  const domain = passkeyDomain ?? new URL(baseUrl).hostname;
  return {
    domain,
    origins: [baseUrl, ...trustedOrigins].filter((origin) => isUnder(new URL(origin).hostname, domain)),
  };
}
