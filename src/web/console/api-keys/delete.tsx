/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv } from "../../../http/page.ts";
import { Ask } from "../../components/ask.tsx";
import { Version } from "../../components/form.tsx";
import { pageRoutes } from "../../kit/env.ts";
import { attempt, emptyForm, type Form as FormState, readForm } from "../../kit/forms.ts";
import { leave } from "../../kit/leave.ts";
import { organizationOf } from "../../kit/organization.ts";
import { show } from "../../kit/show.tsx";
import { ConsoleFrame } from "../frame.tsx";
import { type Key, nameOf, placeOf } from "./key.tsx";
import { messages } from "./messages.ts";

/** Asks before a key is deleted. */
export const deleteKey = () =>
  pageRoutes()
    .get("/:id/delete", (c) => ask(c, c.req.param("id"), emptyForm))
    .post("/:id/delete", async (c) => {
      const { page } = c.var;
      const id = c.req.param("id");
      const form = await readForm(c);
      const path = organizationOf(page).api(`/api-keys/${id}`);
      const name = nameOf(page, await page.api.get<Key>(path));
      const tried = await attempt(page, () => page.api.send("DELETE", path, undefined, form.version));
      if ("failed" in tried) return ask(c, id, form.again(tried.failed));
      return leave(c, placeOf(page), page.say(messages).deleted(name));
    });

async function ask(c: Context<PageEnv>, id: string, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { body, etag } = await page.api.read<Key>(organizationOf(page).api(`/api-keys/${id}`));
  const title = t.deleteTitle(nameOf(page, body));
  return show(
    c,
    { title, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <Ask page={page} form={form} title={title} submit={t.delete} back={placeOf(page, `/${id}`)}>
      <Version form={form} etag={etag} />
      <p>{t.deleteText}</p>
    </Ask>,
  );
}
