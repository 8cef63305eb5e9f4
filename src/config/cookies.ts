import { z } from "zod";
import type { CookiePolicy } from "../core/cookie.ts";

/** How cookies are named, and which hosts get them. */
export const cookieSettings = z.object({
  COOKIE_DOMAIN: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, "must be a domain such as example.com")
    .optional()
    .describe("Parent domain whose hosts all get the session's cookie; without it, this service's host alone"),
  COOKIE_PREFIX: z
    .enum(["secure", "host"])
    .default("secure")
    .describe(
      "`host` names cookies `__Host-…`, which no sibling host can set; better-auth's helpers know `__Secure-…`",
    ),
});

export const cookieConfig = (env: z.infer<typeof cookieSettings>, baseUrl: string): CookiePolicy => ({
  https: baseUrl.startsWith("https://"),
  prefix: env.COOKIE_PREFIX,
  domain: env.COOKIE_DOMAIN,
});

/** What browsers would refuse, by setting. */
export function cookieFaults(given: Readonly<Record<string, string | undefined>>): [string, string][] {
  const { BASE_URL = "http://localhost", COOKIE_DOMAIN, COOKIE_PREFIX } = given;
  const faults: [string, string][] = [];
  const { hostname, protocol } = URL.canParse(BASE_URL) ? new URL(BASE_URL) : { hostname: "", protocol: "" };
  if (COOKIE_DOMAIN && COOKIE_DOMAIN !== hostname && !hostname.endsWith(`.${COOKIE_DOMAIN}`))
    faults.push(["COOKIE_DOMAIN", "must be the host of BASE_URL or a parent domain of it"]);
  if (COOKIE_PREFIX !== "host") return faults;
  if (protocol !== "https:") faults.push(["COOKIE_PREFIX", "host needs an https BASE_URL: browsers refuse it on http"]);
  if (COOKIE_DOMAIN)
    faults.push(["COOKIE_PREFIX", "host can't be set with COOKIE_DOMAIN: such a cookie has no domain"]);
  return faults;
}
