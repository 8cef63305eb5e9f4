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
import { messages } from "./messages.ts";
import { readMember } from "./one.tsx";

/** Asks before somebody is removed from the organization. */
export const removeMember = () =>
  pageRoutes()
    .get("/:id/delete", (c) => ask(c, c.req.param("id"), emptyForm))
    .post("/:id/delete", async (c) => {
      const { page } = c.var;
      const id = c.req.param("id");
      const form = await readForm(c);
      const { name } = await readMember(page, id);
      const path = organizationOf(page).api(`/members/${id}`);
      const tried = await attempt(page, () => page.api.send("DELETE", path, undefined, form.version));
      if ("failed" in tried) return ask(c, id, form.again(tried.failed));
      return leave(c, organizationOf(page).at("/members"), page.say(messages).removed(name));
    });

async function ask(c: Context<PageEnv>, id: string, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { name, etag } = await readMember(page, id);
  const { name: organization, at } = organizationOf(page);
  const title = t.removeTitle(name);
  return show(
    c,
    { title, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <Ask page={page} form={form} title={title} submit={t.remove(name)} back={at(`/members/${id}`)}>
      <Version form={form} etag={etag} />
      <p>{t.removeText(name, organization)}</p>
    </Ask>,
  );
}
