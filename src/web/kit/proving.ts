import type { Context } from "hono";
import { ApiFailure, type Page, type PageEnv } from "../../http/page.ts";

/**
 * Asks for a recent sign-in before a form is shown that will take one, so that nothing typed is lost on the way.
 *
 * @throws 403, which leads to the sign-in page and back.
 */
export function recentOnly({ var: { page, gate } }: Context<PageEnv>): void {
  if (page.viewer !== null) gate.requireFresh(page.viewer);
}

/**
 * Does what takes a recent sign-in, by the password that its form asks for anyway.
 *
 * @param password what was typed; without one, whoever signed in too long ago is led to the sign-in page.
 */
export async function proving<T>(page: Page, password: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (err) {
    if (password === "" || !(err instanceof ApiFailure && err.code === "fresh_sign_in_required")) throw err;
    await page.api.auth("/verify-password", { password });
    return work();
  }
}
