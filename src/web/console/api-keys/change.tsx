/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv } from "../../../http/page.ts";
import { Form, Version } from "../../components/form.tsx";
import { pageRoutes } from "../../kit/env.ts";
import { attempt, type Form as FormState, readForm } from "../../kit/forms.ts";
import { leave } from "../../kit/leave.ts";
import { organizationOf } from "../../kit/organization.ts";
import { show } from "../../kit/show.tsx";
import { ConsoleFrame } from "../frame.tsx";
import { formOf, inputOf, KeyFields } from "./form.tsx";
import { type Key, nameOf, placeOf } from "./key.tsx";
import { messages } from "./messages.ts";

/** Changes what a key is called, may do and is limited to. */
export const changeKey = () =>
  pageRoutes()
    .get("/:id/edit", (c) => showForm(c, c.req.param("id"), null))
    .post("/:id/edit", async (c) => {
      const { page } = c.var;
      const id = c.req.param("id");
      const form = await readForm(c);
      const path = organizationOf(page).api(`/api-keys/${id}`);
      const key = await page.api.get<Key>(path);
      const tried = await attempt(page, () => page.api.send("PATCH", path, inputOf(form, key), form.version));
      if ("failed" in tried) return showForm(c, id, form.again(tried.failed));
      return leave(c, placeOf(page, `/${id}`), page.say(messages).saved);
    });

async function showForm(c: Context<PageEnv>, id: string, sent: FormState | null): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { body, etag } = await page.api.read<Key>(organizationOf(page).api(`/api-keys/${id}`));
  const form = sent ?? formOf(body);
  const title = t.editTitle(nameOf(page, body));
  return show(
    c,
    { title, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <>
      <h1>{title}</h1>
      <Form page={page} form={form} submit={t.save} back={placeOf(page, `/${id}`)} wide>
        <Version form={form} etag={etag} />
        <KeyFields page={page} form={form} existing={body} />
      </Form>
    </>,
  );
}
