/** @jsxImportSource hono/jsx */
import { html } from "hono/html";
import type { z } from "zod";
import type { Page, Wire, WirePage } from "../../../../http/page.ts";
import { Act, Empty, Filter, Pager, Rows, Search, When } from "../../../../web/components/list.tsx";
import { ConsoleFrame } from "../../../../web/console/frame.tsx";
import { withQuery } from "../../../../web/kit/api.ts";
import { pageRoutes } from "../../../../web/kit/env.ts";
import { organizationOf } from "../../../../web/kit/organization.ts";
import { asked, rowsFor } from "../../../../web/kit/rows.ts";
import { show } from "../../../../web/kit/show.tsx";
import { common } from "../../../../web/messages/common.ts";
import type { Project } from "../schemas.ts";
import { messages } from "./messages.ts";

type Shown = Wire<z.infer<typeof Project>>;

/** The organization's projects. */
export const listPage = () =>
  pageRoutes().get("/", async (c) => {
    const { page } = c.var;
    const t = page.say(messages);
    const { at, api } = organizationOf(page);
    const { cursor, ...query } = asked(c, "q", "sort", "deleted", "cursor");
    const projects = await page.api.get<WirePage<Shown>>(api("/projects"), { ...query, cursor });
    const sifted = Object.values(query).some((value) => value !== undefined);
    return show(
      c,
      { title: t.projects, frame: ConsoleFrame, live: true },
      <>
        <div class="heading">
          <h1>{t.projects}</h1>
          {page.may("project:create") ? (
            <a class="button primary" href={at("/projects/new")}>
              {t.add}
            </a>
          ) : null}
        </div>
        <Search page={page} q={query.q ?? ""} label={t.search} maxlength={120}>
          <Filter name="sort" label={t.sort} options={options(t.sorts)} chosen={query.sort} />
          {page.organization?.permissions.has("project:delete") ? (
            <Filter name="deleted" label={t.deleted} options={options(t.which)} chosen={query.deleted} />
          ) : null}
        </Search>
        {page.may("savedSearch:read") ? (
          <p>
            <a href={at("/projects/saved-searches")}>{t.searches}</a>
            {sifted && page.may("savedSearch:create") ? (
              <>
                {" · "}
                <a href={withQuery(at("/projects/saved-searches/new"), query)}>{t.keep}</a>
              </>
            ) : null}
          </p>
        ) : null}
        {projects.data.length > 0 ? (
          <Rows
            caption={t.projects}
            columns={[t.name, t.description, t.created, ""]}
            rows={await rowsOf(page, projects.data)}
          />
        ) : sifted ? (
          <Empty title={t.nothing}>
            <p>{t.nothingText}</p>
            <a href={at("/projects")}>{t.all}</a>
          </Empty>
        ) : (
          <Empty title={t.empty}>
            <p>{t.emptyText}</p>
          </Empty>
        )}
        <Pager page={page} next={projects.nextCursor} query={query} first={cursor === undefined} />
      </>,
    );
  });

/** The first is what the list does by itself. */
const options = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([value, label], at) => ({ value: at === 0 ? "" : value, label }));

const longest = 100;

async function rowsOf(page: Page, projects: readonly Shown[]) {
  const t = page.say(messages);
  const { edit, delete: remove } = page.say(common);
  const { at } = organizationOf(page);
  const live = projects.filter(({ deletedAt }) => deletedAt === null).map(({ id }) => id);
  const [mayEdit, mayDelete] = await Promise.all([
    rowsFor(page, "project:update", "project", live),
    rowsFor(page, "project:delete", "project", live),
  ]);
  // Templates, not elements: twenty rows of these are most of what the page costs.
  return projects.map(({ id, name, description, createdAt, deletedAt }) => {
    const one = at(`/projects/${id}`);
    return [
      deletedAt === null ? html`<a href="${one}">${name}</a>` : html`${name} <span class="tag">${t.inTrash}</span>`,
      (description ?? "").length > longest ? `${description?.slice(0, longest)}…` : description,
      When({ page, at: createdAt }),
      html`<span class="acts"
        >${mayEdit.has(id) ? Act({ href: `${one}/edit`, label: edit, of: name }) : null}
        ${mayDelete.has(id) ? Act({ href: `${one}/delete`, label: remove, of: name }) : null}</span
      >`,
    ];
  });
}
