/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv, WirePage } from "../../../../http/page.ts";
import { Ask } from "../../../../web/components/ask.tsx";
import { Choice, Field, Form } from "../../../../web/components/form.tsx";
import { Act, Empty, Pager, Rows } from "../../../../web/components/list.tsx";
import { ConsoleFrame } from "../../../../web/console/frame.tsx";
import { withQuery } from "../../../../web/kit/api.ts";
import { pageRoutes } from "../../../../web/kit/env.ts";
import { attempt, emptyForm, filled, type Form as FormState, readForm } from "../../../../web/kit/forms.ts";
import { inLanguages } from "../../../../web/kit/languages.ts";
import { leave } from "../../../../web/kit/leave.ts";
import { needs, organizationOf } from "../../../../web/kit/organization.ts";
import { asked, rowsFor } from "../../../../web/kit/rows.ts";
import { show } from "../../../../web/kit/show.tsx";
import { common } from "../../../../web/messages/common.ts";

const messages = inLanguages({
  en: {
    title: "Saved searches",
    open: "Open",
    name: "Name",
    who: "Who sees it",
    whose: { private: "Only you", organization: "Everybody in the organization" },
    newTitle: "Save this search",
    save: "Save the search",
    saved: (name: string) => `The search “${name}” is saved.`,
    deleteTitle: (name: string) => `Delete the search “${name}”?`,
    deleteText: "The projects stay as they are.",
    deleted: (name: string) => `The search “${name}” is deleted.`,
    empty: "No saved searches",
    emptyText: "Search or sort the projects, then save the search to come back to it.",
    projects: "To the projects",
  },
  de: {
    title: "Gespeicherte Suchen",
    open: "Öffnen",
    name: "Name",
    who: "Wer sie sieht",
    whose: { private: "Nur Sie", organization: "Alle in der Organisation" },
    newTitle: "Diese Suche speichern",
    save: "Suche speichern",
    saved: (name: string) => `Die Suche „${name}“ ist gespeichert.`,
    deleteTitle: (name: string) => `Die Suche „${name}“ löschen?`,
    deleteText: "Die Projekte bleiben, wie sie sind.",
    deleted: (name: string) => `Die Suche „${name}“ ist gelöscht.`,
    empty: "Keine gespeicherten Suchen",
    emptyText: "Durchsuchen oder sortieren Sie die Projekte, und speichern Sie dann die Suche.",
    projects: "Zu den Projekten",
  },
});

/** What the API keeps, as these pages read it. */
type Saved = {
  id: string;
  name: string;
  visibility: "private" | "organization";
  filters: Readonly<Record<string, unknown>>;
};

/** Tells the searches of this list from those of others. */
const ofProjects = { list: "projects" };
const parts = ["q", "sort", "deleted"] as const;

/** Searches of the projects that somebody keeps. */
export const searchPages = () =>
  pageRoutes()
    .use(needs("savedSearch:read"))
    .get("/", (c) => showSearches(c))
    .get("/new", needs("savedSearch:create"), (c) => showNew(c, filled(asked(c, ...parts))))
    .post("/new", async (c) => {
      const { page } = c.var;
      const { at, api } = organizationOf(page);
      const form = await readForm(c);
      const [name, visibility] = [form.text("name"), form.text("visibility")];
      const given = parts.flatMap((part) => (form.given(part) ? [[part, form.text(part)] as const] : []));
      const filters = { ...ofProjects, ...Object.fromEntries(given) };
      const tried = await attempt(page, () =>
        page.api.send("POST", api("/saved-searches"), { name, visibility, filters }),
      );
      if ("failed" in tried) return showNew(c, form.again(tried.failed));
      return leave(c, at("/projects/saved-searches"), page.say(messages).saved(name));
    })
    .post("/:id/open", async (c) => {
      const { page } = c.var;
      const { at, api } = organizationOf(page);
      const { filters } = await page.api.send<Saved>("POST", api(`/saved-searches/${c.req.param("id")}/uses`));
      const kept = parts.map((part) => [part, filters[part]] as const);
      const query = Object.fromEntries(
        kept.filter((each): each is readonly [(typeof each)[0], string] => typeof each[1] === "string"),
      );
      return c.redirect(withQuery(at("/projects"), query), 303);
    })
    .get("/:id/delete", needs("savedSearch:delete"), (c) => showDelete(c, emptyForm))
    .post("/:id/delete", async (c) => {
      const { page } = c.var;
      const { at, api } = organizationOf(page);
      const path = api(`/saved-searches/${c.req.param("id")}`);
      const form = await readForm(c);
      const { name } = await page.api.get<Saved>(path);
      const tried = await attempt(page, () => page.api.send("DELETE", path));
      if ("failed" in tried) return showDelete(c, form.again(tried.failed));
      return leave(c, at("/projects/saved-searches"), page.say(messages).deleted(name));
    });

async function showSearches(c: Context<PageEnv>): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { at, api } = organizationOf(page);
  const { cursor } = asked(c, "cursor");
  const query = { sort: "name", filters: JSON.stringify(ofProjects), cursor };
  const { data, nextCursor } = await page.api.get<WirePage<Saved>>(api("/saved-searches"), query);
  const ids = data.map(({ id }) => id);
  const mayDelete = await rowsFor(page, "savedSearch:delete", "savedSearch", ids);
  const rows = data.map(({ id, name, visibility }) => [
    <form method="post" action={at(`/projects/saved-searches/${id}/open`)}>
      <button class="quiet" type="submit" aria-label={`${name}: ${t.open}`}>
        {name}
      </button>
    </form>,
    t.whose[visibility],
    mayDelete.has(id) ? (
      <Act href={at(`/projects/saved-searches/${id}/delete`)} label={page.say(common).delete} of={name} />
    ) : null,
  ]);
  return show(
    c,
    { title: t.title, frame: ConsoleFrame },
    <>
      <h1>{t.title}</h1>
      {rows.length === 0 ? (
        <Empty title={t.empty}>
          <p>{t.emptyText}</p>
          <a href={at("/projects")}>{t.projects}</a>
        </Empty>
      ) : (
        <Rows caption={t.title} columns={[t.name, t.who, ""]} rows={rows} />
      )}
      <Pager page={page} next={nextCursor} first={cursor === undefined} />
    </>,
  );
}

function showNew(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const whose = Object.entries(t.whose).map(([value, label]) => ({ value, label }));
  return show(
    c,
    { title: t.newTitle, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <>
      <h1>{t.newTitle}</h1>
      <Form page={page} form={form} submit={t.save} back={organizationOf(page).at("/projects")}>
        {parts.map((part) => (
          <input type="hidden" name={part} value={form.values[part] ?? ""} />
        ))}
        <Field page={page} form={form} name="name" label={t.name} required maxlength={120} />
        <Choice page={page} form={form} name="visibility" label={t.who} options={whose} />
      </Form>
    </>,
  );
}

async function showDelete(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { at, api } = organizationOf(page);
  const { name } = await page.api.get<Saved>(api(`/saved-searches/${c.req.param("id") ?? ""}`));
  return show(
    c,
    { title: t.deleteTitle(name), status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <Ask
      page={page}
      form={form}
      title={t.deleteTitle(name)}
      submit={page.say(common).delete}
      back={at("/projects/saved-searches")}
    >
      <p>{t.deleteText}</p>
    </Ask>,
  );
}
