import type { Context } from "hono";
import type { PageEnv } from "../../http/page.ts";

/** Characters of a place to return to. */
const longest = 2000;

/**
 * Where a person goes after a form: a path of this service, or a URL of a trusted origin.
 *
 * @returns `usual` for anything else, such as a URL that leads away (CWE-601).
 */
export function returnTo(c: Context<PageEnv>, given: string | undefined, usual = "/"): string {
  if (given === undefined || given === "" || given.length > longest || /[\p{Cc}\\]/u.test(given)) return usual;
  if (/^\/(?!\/)/.test(given)) return given;
  if (!/^https?:\/\//i.test(given) || !URL.canParse(given)) return usual;
  const { origin, username, password, href } = new URL(given);
  return c.var.gate.trustsOrigin(origin) && username === "" && password === "" ? href : usual;
}

/** A path with the place to return to in its query, where there is one. */
export const withReturn = (path: string, place: string): string =>
  place === "/" ? path : `${path}${path.includes("?") ? "&" : "?"}return_to=${encodeURIComponent(place)}`;
