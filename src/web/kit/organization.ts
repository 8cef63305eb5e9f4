import type { MiddlewareHandler } from "hono";
import type { Permission } from "../../core/access/permission.ts";
import type { OrganizationAccess } from "../../core/principal.ts";
import { ApiFailure, type Page, type PageEnv } from "../../http/page.ts";

/** Where the pages of an organization are, on pages that aren't about it. @param organization its id or slug. */
export const consolePath = (organization: string, path = ""): string => `/console/${organization}${path}`;

/**
 * The organization that a page of the console is about.
 *
 * @returns it, with where its pages and its resources in the API are: `at("/projects")`, `api("/projects")`.
 */
export function organizationOf({ organization }: Page): OrganizationAccess & {
  at: (path?: string) => string;
  api: (path?: string) => string;
} {
  if (organization === null) throw new Error("the console's pages are about an organization");
  const { slug } = organization;
  return {
    ...organization,
    at: (path = "") => consolePath(slug, path),
    api: (path = "") => `/v1/orgs/${slug}${path}`,
  };
}

/** For pages with one form: a person who may never send it isn't shown it. @throws 403 */
export const needs = (...permissions: Permission[]): MiddlewareHandler<PageEnv> =>
  async function needs({ var: { page } }, next) {
    if (!page.may(...permissions)) throw new ApiFailure(403, "forbidden", "");
    await next();
  };
