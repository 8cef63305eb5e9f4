import type { Context } from "hono";
import type { PageEnv } from "../../http/page.ts";
import { tell } from "./told.ts";

/** Leads from a form that is done to the next page. @param told what was achieved, said there once. */
export async function leave(c: Context<PageEnv>, place: string, told?: string): Promise<Response> {
  if (told !== undefined) await tell(c, told);
  return c.redirect(place, 303);
}
