import type { Context } from "hono";
import { deleteCookie, getSignedCookie, setSignedCookie } from "hono/cookie";
import type { PageEnv } from "../../http/page.ts";

const name = "gatehouse.told";

/** Keeps what a form achieved for the page that comes next. @param text in the page's language. */
export async function tell(c: Context<PageEnv>, text: string): Promise<void> {
  await setSignedCookie(c, name, text.slice(0, 300), c.var.tellBy, {
    httpOnly: true,
    sameSite: "Lax",
    path: "/",
    maxAge: 60,
    secure: c.var.page.site.baseUrl.startsWith("https:"),
  });
}

/** What was told to this page; it is told once. */
export async function toldTo(c: Context<PageEnv>, secret: string): Promise<string | null> {
  if (!c.req.header("cookie")?.includes(name)) return null;
  const text = await getSignedCookie(c, secret, name);
  deleteCookie(c, name, { path: "/" });
  return text || null;
}
