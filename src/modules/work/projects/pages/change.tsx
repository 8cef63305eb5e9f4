/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { z } from "zod";
import type { PageEnv, Wire } from "../../../../http/page.ts";
import { Ask } from "../../../../web/components/ask.tsx";
import { Field, Form, TextArea, Version } from "../../../../web/components/form.tsx";
import { ConsoleFrame } from "../../../../web/console/frame.tsx";
import { pageRoutes } from "../../../../web/kit/env.ts";
import { attempt, emptyForm, filled, type Form as FormState, readForm, type Sent } from "../../../../web/kit/forms.ts";
import { leave } from "../../../../web/kit/leave.ts";
import { needs, organizationOf } from "../../../../web/kit/organization.ts";
import { show } from "../../../../web/kit/show.tsx";
import { common } from "../../../../web/messages/common.ts";
import type { Project } from "../schemas.ts";
import { messages } from "./messages.ts";

type Shown = Wire<z.infer<typeof Project>>;

const typed = (form: Sent) => ({ name: form.text("name"), description: form.given("description") ?? null });

/** A new project, changes of one, and its way into the trash. */
export const changePages = () =>
  pageRoutes()
    .get("/new", needs("project:create"), (c) => showNew(c, emptyForm))
    .post("/new", async (c) => {
      const { page } = c.var;
      const { at, api } = organizationOf(page);
      const form = await readForm(c);
      const tried = await attempt(page, () => page.api.send<Shown>("POST", api("/projects"), typed(form)));
      if ("failed" in tried) return showNew(c, form.again(tried.failed));
      return leave(c, at(`/projects/${tried.done.id}`), page.say(messages).added(tried.done.name));
    })
    .get("/:id/edit", needs("project:update"), (c) => showEdit(c))
    .post("/:id/edit", async (c) => {
      const { page } = c.var;
      const { at, api } = organizationOf(page);
      const id = c.req.param("id");
      const form = await readForm(c);
      const tried = await attempt(page, () =>
        page.api.send("PATCH", api(`/projects/${id}`), typed(form), form.version),
      );
      if ("failed" in tried) return showEdit(c, form.again(tried.failed));
      return leave(c, at(`/projects/${id}`), page.say(messages).saved);
    })
    .get("/:id/delete", needs("project:delete"), (c) => showDelete(c, emptyForm))
    .post("/:id/delete", async (c) => {
      const { page } = c.var;
      const { at, api } = organizationOf(page);
      const path = api(`/projects/${c.req.param("id")}`);
      const form = await readForm(c);
      const { name } = await page.api.get<Shown>(path);
      const tried = await attempt(page, () => page.api.send("DELETE", path));
      if ("failed" in tried) return showDelete(c, form.again(tried.failed));
      return leave(c, at("/projects"), page.say(messages).trashed(name));
    });

function showNew(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.addTitle, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <>
      <h1>{t.addTitle}</h1>
      <Form page={page} form={form} submit={t.add} back={organizationOf(page).at("/projects")}>
        <Fields c={c} form={form} />
      </Form>
    </>,
  );
}

async function showEdit(c: Context<PageEnv>, sent?: FormState): Promise<Response> {
  const { page } = c.var;
  const { at, api } = organizationOf(page);
  const path = `/projects/${c.req.param("id") ?? ""}`;
  const { body: project, etag } = await page.api.read<Shown>(api(path));
  const { name, description } = project;
  const form = sent ?? filled({ name, description });
  const title = page.say(messages).edit(name);
  return show(
    c,
    { title, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <>
      <h1>{title}</h1>
      <Form page={page} form={form} submit={page.say(common).save} back={at(path)}>
        <Version form={form} etag={etag} />
        <Fields c={c} form={form} />
      </Form>
    </>,
  );
}

const Fields = ({ c, form }: { c: Context<PageEnv>; form: FormState }) => {
  const { page } = c.var;
  const t = page.say(messages);
  return (
    <>
      <Field page={page} form={form} name="name" label={t.name} required maxlength={120} />
      <TextArea page={page} form={form} name="description" label={t.description} maxlength={4000} />
    </>
  );
};

async function showDelete(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { at, api } = organizationOf(page);
  const path = `/projects/${c.req.param("id") ?? ""}`;
  const { name } = await page.api.get<Shown>(api(path));
  return show(
    c,
    { title: t.trashTitle(name), status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <Ask page={page} form={form} title={t.trashTitle(name)} submit={t.trash} back={at(path)}>
      <p>{t.trashText}</p>
    </Ask>,
  );
}
