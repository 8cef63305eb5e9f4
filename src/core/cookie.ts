/** How cookies are named, and which hosts get them. */
export type CookiePolicy = {
  readonly https: boolean;
  /** `__Secure-` as better-auth's own helpers look for, or `__Host-`, which a sibling host can't overwrite. */
  readonly prefix: "secure" | "host";
  /** The parent domain whose hosts all get the cookies; undefined keeps them to the service's own host. */
  readonly domain?: string | undefined;
};

/** What better-auth puts before the names of its cookies (RFC 6265bis §4.1.3). Browsers take neither prefix on http. */
export const cookiePrefix = ({ https, prefix }: CookiePolicy): string =>
  !https ? "better-auth" : prefix === "host" ? "__Host-better-auth" : "__Secure-better-auth";

/** The name of the cookie that holds the session's signed token. */
export const sessionCookie = (policy: CookiePolicy): string => `${cookiePrefix(policy)}.session_token`;
