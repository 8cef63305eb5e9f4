import type { Context } from "hono";
import type { Permission } from "../../core/access/permission.ts";
import type { Page, PageEnv } from "../../http/page.ts";
import { organizationOf } from "./organization.ts";

/** What a page's query says of these, where it says something. */
export function asked<Name extends string>(c: Context<PageEnv>, ...names: Name[]): Record<Name, string | undefined> {
  const given = names.map((name) => [name, c.req.query(name)?.trim().slice(0, 2048) || undefined]);
  return Object.fromEntries(given) as Record<Name, string | undefined>;
}

/**
 * Which of some rows the viewer may do something to, so that it is offered there. It costs a request only where they may
 * do it to what is their own.
 *
 * @param type of the resource, as `POST /v1/authorize` knows it: `project`.
 */
export async function rowsFor(
  page: Page,
  permission: Permission,
  type: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const { permissions, own, slug } = organizationOf(page);
  if (permissions.has(permission)) return new Set(ids);
  if (!own.has(permission) || ids.length === 0) return new Set();
  const checks = ids.map((id) => ({ permission, resource: { type, id } }));
  const { results } = await page.api.send<{ results: { allowed: boolean }[] }>("POST", "/v1/authorize", {
    org: slug,
    checks,
  });
  return new Set(ids.filter((_, at) => results[at]?.allowed));
}
