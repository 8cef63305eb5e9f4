/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { z } from "zod";
import type { PageEnv, Wire, WirePage } from "../../../../http/page.ts";
import { Empty, Rows, When } from "../../../../web/components/list.tsx";
import { organizationOf } from "../../../../web/kit/organization.ts";
import type { Project } from "../schemas.ts";
import { messages } from "./messages.ts";

const most = 5;

/** The newest projects, as they stand on the organization's overview. */
export async function latestProjects(c: Context<PageEnv>): Promise<Child> {
  const { page } = c.var;
  const t = page.say(messages);
  const { at, api } = organizationOf(page);
  const { data } = await page.api.get<WirePage<Wire<z.infer<typeof Project>>>>(api("/projects"), { limit: most });
  const rows = data.map(({ id, name, createdAt }) => [
    <a href={at(`/projects/${id}`)}>{name}</a>,
    <When page={page} at={createdAt} />,
  ]);
  return (
    <section>
      <h2>{t.projects}</h2>
      {rows.length === 0 ? (
        <Empty title={t.empty}>
          <p>{t.emptyText}</p>
          {page.may("project:create") ? (
            <a class="button" href={at("/projects/new")}>
              {t.add}
            </a>
          ) : null}
        </Empty>
      ) : (
        <>
          <Rows caption={t.projects} columns={[t.name, t.created]} rows={rows} />
          <p>
            <a href={at("/projects")}>{t.all}</a>
          </p>
        </>
      )}
    </section>
  );
}
