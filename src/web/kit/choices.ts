import type { Context } from "hono";
import { setCookie } from "hono/cookie";
import type { PageEnv } from "../../http/page.ts";

/** How a browser remembers in which language and colours its person reads, also before they sign in. */
export const [languageCookie, themeCookie] = ["gatehouse.language", "gatehouse.theme"];

const year = 365 * 24 * 3600;

/** @param value what was chosen; null as the browser asks for. */
export function choose(c: Context<PageEnv>, cookie: string, value: string | null): void {
  setCookie(c, cookie, value ?? "", {
    path: "/",
    sameSite: "Lax",
    httpOnly: true,
    secure: new URL(c.req.url).protocol === "https:",
    maxAge: value === null ? 0 : year,
  });
}
