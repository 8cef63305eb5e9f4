import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import type { PageEnv } from "../../http/page.ts";
import { choose } from "../kit/choices.ts";
import { withReturn } from "../kit/return-to.ts";

/** What the API answers to a way in that was passed. */
export type Passed = { twoFactorRedirect?: boolean } | null;

/** Where a second factor is asked after the first one. */
export const secondFactor = "/auth/two-factor";

const wayCookie = "gatehouse.way";

/** Leads on from a way in that was passed, by the second factor where one is asked. @param way is marked next time. */
export function through(c: Context<PageEnv>, passed: Passed, place: string, way: string): Response {
  if (/^[a-z0-9-]{1,40}$/.test(way)) choose(c, wayCookie, way);
  return c.redirect(passed?.twoFactorRedirect ? withReturn(secondFactor, place) : place, 303);
}

/** The way in that this browser took last. */
export const lastWay = (c: Context<PageEnv>): string | undefined => getCookie(c, wayCookie);

/** A place as a URL, for routes that are told where a mailed link leads; nothing where it is the usual one. */
export const asUrl = (c: Context<PageEnv>, place: string): string | undefined =>
  place === "/" ? undefined : new URL(place, c.var.page.site.baseUrl).href;
