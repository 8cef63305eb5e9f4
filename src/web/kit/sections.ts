import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { PageEnv } from "../../http/page.ts";

/**
 * What modules show on the page of one resource, in their order, as far as the viewer may see it.
 *
 * @param on the resource: `project`.
 */
export function sections(c: Context<PageEnv>, on: string, id: string): Promise<Child[]> {
  const { site, may } = c.var.page;
  const shown = site.pages.flatMap(({ section, permission }) =>
    section?.on === on && may(permission) ? [section.show(c, id)] : [],
  );
  return Promise.all(shown);
}
