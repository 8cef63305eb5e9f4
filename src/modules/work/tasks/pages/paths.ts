import type { Context } from "hono";
import type { z } from "zod";
import type { Page, PageEnv, Wire, WirePage } from "../../../../http/page.ts";
import { organizationOf } from "../../../../web/kit/organization.ts";
import type { Task } from "../schemas.ts";

export type ShownTask = Wire<z.infer<typeof Task>>;

/** Where a project, its tasks and the task that the path names are: their pages, and their resources in the API. */
export function placesOf(c: Context<PageEnv>, projectId = c.req.param("projectId") ?? "") {
  const { at, api } = organizationOf(c.var.page);
  const project = `/projects/${projectId}`;
  return {
    project: at(project),
    pages: at(`${project}/tasks`),
    list: api(`${project}/tasks`),
    one: api(`${project}/tasks/${c.req.param("id") ?? ""}`),
  };
}

/** Who can be assigned a task, as far as the viewer may see them: the first hundred. */
export async function assignees(page: Page): Promise<{ value: string; label: string }[]> {
  if (!page.may("member:read")) return [];
  const { api } = organizationOf(page);
  const { data } = await page.api.get<WirePage<{ user: { id: string; name: string } }>>(api("/members"), {
    limit: 100,
  });
  return data.map(({ user }) => ({ value: user.id, label: user.name }));
}
