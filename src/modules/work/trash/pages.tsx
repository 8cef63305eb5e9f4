/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { notFound } from "../../../core/problem.ts";
import type { ConsolePages, Page, PageEnv, Trashable, WirePage } from "../../../http/page.ts";
import { Ask } from "../../../web/components/ask.tsx";
import { Empty, Pager, Rows, When } from "../../../web/components/list.tsx";
import { Notice } from "../../../web/components/notice.tsx";
import { ConsoleFrame } from "../../../web/console/frame.tsx";
import { pageRoutes } from "../../../web/kit/env.ts";
import { attempt, type Failed, filled, type Form as FormState, readForm } from "../../../web/kit/forms.ts";
import { text } from "../../../web/kit/languages.ts";
import { leave } from "../../../web/kit/leave.ts";
import { organizationOf } from "../../../web/kit/organization.ts";
import { asked, rowsFor } from "../../../web/kit/rows.ts";
import { show } from "../../../web/kit/show.tsx";
import { messages } from "./messages.ts";

type Row = {
  type: string;
  id: string;
  name: string;
  deletedAt: string;
  deletedBy: { name: string } | null;
  [field: string]: unknown;
};

/** The trash in an organization's console. */
export const pages: ConsolePages = {
  path: "/trash",
  label: text("Trash", "Papierkorb"),
  permission: "trash:read",
  routes: () =>
    pageRoutes()
      .get("/", (c) => showTrash(c, null))
      .post("/:kind/:id/restore", async (c) => {
        const { page } = c.var;
        const { api, at } = organizationOf(page);
        const form = await readForm(c);
        const { path, within } = kindOf(c);
        const above = within ? `/${within.path}/${encodeURIComponent(form.text("within"))}` : "";
        const row = api(`${above}/${path}/${c.req.param("id")}`);
        const tried = await attempt(page, () => page.api.send("POST", `${row}/restore`));
        if ("failed" in tried) return showTrash(c, tried.failed);
        return leave(c, at("/trash"), page.say(messages).restored(form.text("name")));
      })
      // Asked by a form, so that the name in the question is one that a page of ours wrote.
      .post("/:kind/:id", async (c) => showPurge(c, filled({ name: (await readForm(c)).text("name") })))
      .post("/:kind/:id/delete", async (c) => {
        const { page } = c.var;
        const { api, at } = organizationOf(page);
        const form = await readForm(c);
        const path = api(`/trash/${kindOf(c).path}/${c.req.param("id")}`);
        const tried = await attempt(page, () => page.api.send("DELETE", path));
        if ("failed" in tried) return showPurge(c, form.again(tried.failed));
        return leave(c, at("/trash"), page.say(messages).purged(form.text("name")));
      }),
};

/** @throws 404 for a kind that no module has. */
function kindOf(c: Context<PageEnv>): Trashable {
  const kind = c.var.page.site.trash.find(({ path }) => path === c.req.param("kind"));
  if (!kind) throw notFound();
  return kind;
}

async function showTrash(c: Context<PageEnv>, failed: Failed | null): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { cursor } = asked(c, "cursor");
  const { data, nextCursor } = await page.api.get<WirePage<Row>>(organizationOf(page).api("/trash"), { cursor });
  return show(
    c,
    { title: t.title, status: failed?.status ?? 200, frame: ConsoleFrame, live: failed === null },
    <>
      <h1>{t.title}</h1>
      {failed === null ? null : <Notice kind="bad">{failed.message}</Notice>}
      {data.length === 0 ? (
        <Empty title={t.empty}>
          <p>{t.emptyText}</p>
        </Empty>
      ) : (
        <Rows caption={t.title} columns={[t.what, t.kind, t.when, ""]} rows={await rowsOf(page, data)} />
      )}
      <Pager page={page} next={nextCursor} first={cursor === undefined} />
    </>,
  );
}

async function rowsOf(page: Page, rows: readonly Row[]) {
  const t = page.say(messages);
  const { trash, names } = page.site;
  const { at } = organizationOf(page);
  const kinds = new Map(trash.map((kind) => [kind.kind, kind]));
  const restorable = await Promise.all(
    trash.map(({ kind }) =>
      rowsFor(
        page,
        `${kind}:delete`,
        kind,
        rows.filter(({ type }) => type === kind).map(({ id }) => id),
      ),
    ),
  );
  return rows.flatMap((row) => {
    const kind = kinds.get(row.type);
    if (!kind) return [];
    const place = at(`/trash/${kind.path}/${row.id}`);
    const named = names[row.type];
    return [
      [
        row.name,
        named === undefined ? null : <span class="tag">{page.say(named)}</span>,
        <>
          <When page={page} at={row.deletedAt} />
          {row.deletedBy === null ? null : ` ${t.by(row.deletedBy.name)}`}
        </>,
        <span class="acts">
          {restorable.some((ids) => ids.has(row.id)) ? (
            <form method="post" action={`${place}/restore`} data-once>
              <input type="hidden" name="name" value={row.name} />
              {kind.within ? <input type="hidden" name="within" value={String(row[kind.within.field])} /> : null}
              <button class="quiet" type="submit" aria-label={`${t.restore}: ${row.name}`}>
                {t.restore}
              </button>
            </form>
          ) : null}
          {page.organization?.permissions.has(kind.permission) ? (
            <form method="post" action={place}>
              <input type="hidden" name="name" value={row.name} />
              <button class="quiet" type="submit" aria-label={`${t.purge}: ${row.name}`}>
                {t.purge}
              </button>
            </form>
          ) : null}
        </span>,
      ],
    ];
  });
}

function showPurge(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { at } = organizationOf(page);
  const name = form.values["name"] ?? "";
  const action = at(`/trash/${kindOf(c).path}/${c.req.param("id") ?? ""}/delete`);
  return show(
    c,
    { title: t.purgeTitle(name), status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <Ask page={page} form={form} title={t.purgeTitle(name)} submit={t.purge} back={at("/trash")} action={action}>
      <p>{t.purgeText}</p>
      <input type="hidden" name="name" value={name} />
    </Ask>,
  );
}
