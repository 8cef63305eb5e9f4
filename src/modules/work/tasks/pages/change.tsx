/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv } from "../../../../http/page.ts";
import { Ask } from "../../../../web/components/ask.tsx";
import { Choice, Field, Form, TextArea, Version } from "../../../../web/components/form.tsx";
import { ConsoleFrame } from "../../../../web/console/frame.tsx";
import { pageRoutes } from "../../../../web/kit/env.ts";
import { attempt, emptyForm, filled, type Form as FormState, readForm, type Sent } from "../../../../web/kit/forms.ts";
import { leave } from "../../../../web/kit/leave.ts";
import { needs } from "../../../../web/kit/organization.ts";
import { show } from "../../../../web/kit/show.tsx";
import { common } from "../../../../web/messages/common.ts";
import { messages } from "./messages.ts";
import { assignees, placesOf, type ShownTask } from "./paths.ts";
import { options } from "./section.tsx";

const typed = (form: Sent) => ({
  title: form.text("title"),
  description: form.given("description") ?? null,
  status: form.text("status"),
  assigneeId: form.given("assigneeId") ?? null,
});

/** A new task, changes of one, and its way into the trash. */
export const changePages = () =>
  pageRoutes()
    .get("/new", needs("task:create"), (c) => showNew(c, emptyForm))
    .post("/new", async (c) => {
      const { page } = c.var;
      const { list, project } = placesOf(c);
      const form = await readForm(c);
      const tried = await attempt(page, () => page.api.send<ShownTask>("POST", list, typed(form)));
      if ("failed" in tried) return showNew(c, form.again(tried.failed));
      return leave(c, project, page.say(messages).added(tried.done.title));
    })
    .get("/:id/edit", needs("task:update"), (c) => showEdit(c))
    .post("/:id/edit", async (c) => {
      const { page } = c.var;
      const { one, project } = placesOf(c);
      const form = await readForm(c);
      const tried = await attempt(page, () => page.api.send("PATCH", one, typed(form), form.version));
      if ("failed" in tried) return showEdit(c, form.again(tried.failed));
      return leave(c, project, page.say(messages).saved);
    })
    .post("/:id/status", async (c) => {
      const { page } = c.var;
      const { one, project } = placesOf(c);
      const status = (await readForm(c)).text("status");
      await page.api.send("PATCH", one, { status });
      return leave(c, project, page.say(messages).saved);
    })
    .get("/:id/delete", needs("task:delete"), (c) => showDelete(c, emptyForm))
    .post("/:id/delete", async (c) => {
      const { page } = c.var;
      const { one, project } = placesOf(c);
      const form = await readForm(c);
      const { title } = await page.api.get<ShownTask>(one);
      const tried = await attempt(page, () => page.api.send("DELETE", one));
      if ("failed" in tried) return showDelete(c, form.again(tried.failed));
      return leave(c, project, page.say(messages).trashed(title));
    });

async function showNew(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.addTitle, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <>
      <h1>{t.addTitle}</h1>
      <Form page={page} form={form} submit={t.add} back={placesOf(c).project}>
        {await fields(c, form)}
      </Form>
    </>,
  );
}

async function showEdit(c: Context<PageEnv>, sent?: FormState): Promise<Response> {
  const { page } = c.var;
  const { one, project } = placesOf(c);
  const { body, etag } = await page.api.read<ShownTask>(one);
  const { title, description, status, assigneeId } = body;
  const form = sent ?? filled({ title, description, status, assigneeId });
  const heading = page.say(messages).edit(title);
  return show(
    c,
    { title: heading, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <>
      <h1>{heading}</h1>
      <Form page={page} form={form} submit={page.say(common).save} back={project}>
        <Version form={form} etag={etag} />
        {await fields(c, form)}
      </Form>
    </>,
  );
}

async function fields(c: Context<PageEnv>, form: FormState) {
  const { page } = c.var;
  const t = page.say(messages);
  const people = await assignees(page);
  // Whoever it is assigned to stays so, also where the list doesn't show them.
  const assigned = form.values["assigneeId"] ?? "";
  const known = assigned === "" || people.some(({ value }) => value === assigned);
  const nobody = { value: "", label: t.nobody };
  const choices = [nobody, ...people, ...(known ? [] : [{ value: assigned, label: t.somebody }])];
  return (
    <>
      <Field page={page} form={form} name="title" label={t.title} required maxlength={200} />
      <TextArea page={page} form={form} name="description" label={t.description} maxlength={4000} />
      <Choice page={page} form={form} name="status" label={t.status} options={options(t.statuses)} />
      <Choice page={page} form={form} name="assigneeId" label={t.assignee} options={choices} />
    </>
  );
}

async function showDelete(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { one, project } = placesOf(c);
  const { title } = await page.api.get<ShownTask>(one);
  return show(
    c,
    { title: t.trashTitle(title), status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <Ask page={page} form={form} title={t.trashTitle(title)} submit={t.trash} back={project}>
      <p>{t.trashText}</p>
    </Ask>,
  );
}
