import { ApiFailure, type Page } from "../../http/page.ts";

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
