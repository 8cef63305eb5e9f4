import { type CookiePolicy, cookiePrefix } from "../core/cookie.ts";

/** better-auth knows `__Secure-` alone: with any other prefix the attribute is set beside the name. */
export const cookieOptions = (cookies: CookiePolicy) => ({
  useSecureCookies: false,
  cookiePrefix: cookiePrefix(cookies),
  defaultCookieAttributes: { secure: cookies.https },
  ...(cookies.domain ? { crossSubDomainCookies: { enabled: true, domain: cookies.domain } } : {}),
});
