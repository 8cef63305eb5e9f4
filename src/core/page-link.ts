/** The pages that mailed links lead to. */
export type LinkedPage = "link" | "verify" | "change-email" | "reset" | `invitation/${string}`;

/**
 * The URL of a mailed link. Its secret is in the fragment, which no server, proxy or scanner that only follows links is
 * sent.
 *
 * @param returnTo where the page leads afterwards; the page trusts it no more than any other.
 */
export function pageLink(baseUrl: string, page: LinkedPage, secret: string, returnTo?: string): string {
  const query = returnTo === undefined ? "" : `?${new URLSearchParams({ return_to: returnTo })}`;
  return `${baseUrl}/auth/${page}${query}#${secret}`;
}

/** Where a client asked to be led, in the `callbackURL` of a link that better-auth made; `/` is what it puts for none. */
export function returnToOf(link: string): string | undefined {
  const asked = new URL(link).searchParams.get("callbackURL");
  return asked === null || asked === "" || asked === "/" ? undefined : asked;
}
