import type { Page } from "../../http/page.ts";
import { notFound } from "../../core/problem.ts";

/**
 * A path of the API under the page's organization: `/v1/orgs/{id}/members/{id}`.
 *
 * @param parts of the path, as the request named them.
 * @throws 404 for a part that would lead elsewhere.
 */
export function ofOrganization({ organization }: Page, ...parts: readonly string[]): string {
  if (organization === null || parts.some((part) => /^\.{0,2}$/.test(part))) throw notFound();
  return ["/v1/orgs", organization.id, ...parts.map(encodeURIComponent)].join("/");
}
