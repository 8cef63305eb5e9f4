import { ApiFailure, type Page } from "../../http/page.ts";

/**
 * Asks for a recent sign-in before a form is filled in that takes one, so that nothing typed is lost on the way.
 *
 * @throws 403, which leads to the sign-in page and back.
 */
export function recentOnly({ viewer, recent }: Page): void {
  if (viewer !== null && !recent) throw new ApiFailure(403, "fresh_sign_in_required", "Sign in again.");
}
