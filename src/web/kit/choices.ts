import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { UserPrincipal } from "../../core/principal.ts";
import type { Api, Language, Page, PageEnv } from "../../http/page.ts";
import { isLanguage, languageOf } from "./languages.ts";

/** How a browser remembers in which language, colours and time zone its person reads, also before they sign in. */
export const languageCookie = "gatehouse.language";
const [themeCookie, timezoneCookie] = ["gatehouse.theme", "gatehouse.timezone"];

/** The session whose person's preferences the others hold: whoever signs in next has their own. */
const readerCookie = "gatehouse.reader";

const year = 365 * 24 * 3600;

/** @param value what was chosen; null as the browser asks for. */
export function choose(c: Context<PageEnv>, cookie: string, value: string | null): void {
  setCookie(c, cookie, value ?? "", {
    path: "/",
    sameSite: "Lax",
    httpOnly: true,
    secure: c.var.page.site.baseUrl.startsWith("https:"),
    maxAge: value === null ? 0 : year,
  });
}

/** How a browser's person reads. */
export type Look = Pick<Page, "language" | "theme" | "timezone">;

/** What a person prefers, of what pages heed. */
export type Preferred = Omit<Look, "language" | "theme"> & {
  language: Language | null;
  theme: "system" | "light" | "dark";
};

/** Remembers in this browser what its person prefers. @returns how they read from now on. */
export function remember(c: Context<PageEnv>, { language, timezone, theme }: Preferred): Look {
  const look = { theme: theme === "system" ? null : theme, timezone };
  choose(c, languageCookie, language);
  choose(c, timezoneCookie, timezone);
  choose(c, themeCookie, look.theme);
  return { language: language ?? languageOf(c.req.header("accept-language")), ...look };
}

/**
 * How somebody reads who has signed in, by whichever way: on the first page of each session their preferences come to
 * this browser. A language that the browser was told to speak stays where they have none.
 */
export async function lookOf(c: Context<PageEnv>, api: Api, { sessionId }: UserPrincipal): Promise<Look> {
  if (getCookie(c, readerCookie) === sessionId) return chosen(c);
  const stored = await api.get<Preferred>("/v1/me/preferences");
  const language = getCookie(c, languageCookie);
  choose(c, readerCookie, sessionId);
  return remember(c, { ...stored, language: stored.language ?? (isLanguage(language) ? language : null) });
}

/** How this browser was told that its person reads. */
export function chosen(c: Context<PageEnv>): Look {
  const language = getCookie(c, languageCookie);
  const theme = getCookie(c, themeCookie);
  const timezone = getCookie(c, timezoneCookie);
  return {
    language: isLanguage(language) ? language : languageOf(c.req.header("accept-language")),
    theme: theme === "light" || theme === "dark" ? theme : null,
    timezone: timezone !== undefined && isZone(timezone) ? timezone : null,
  };
}

/** A cookie says whatever somebody wrote into it. */
function isZone(name: string): boolean {
  try {
    return name !== "" && new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
