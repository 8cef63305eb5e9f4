/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv, Wire } from "../../../http/page.ts";
import type { SentInvitation } from "../../../modules/organization/invitations/index.ts";
import { Ask } from "../../components/ask.tsx";
import { Version } from "../../components/form.tsx";
import { pageRoutes } from "../../kit/env.ts";
import { attempt, emptyForm, type Form as FormState, readForm } from "../../kit/forms.ts";
import { leave } from "../../kit/leave.ts";
import { organizationOf } from "../../kit/organization.ts";
import { show } from "../../kit/show.tsx";
import { ConsoleFrame } from "../frame.tsx";
import { placeOf } from "./list.tsx";
import { messages } from "./messages.ts";

/** Asks before an invitation is withdrawn. */
export const withdrawInvitation = () =>
  pageRoutes()
    .get("/:id/delete", (c) => ask(c, c.req.param("id"), emptyForm))
    .post("/:id/delete", async (c) => {
      const { page } = c.var;
      const id = c.req.param("id");
      const form = await readForm(c);
      const path = organizationOf(page).api(`/invitations/${id}`);
      const { email } = await page.api.get<Wire<SentInvitation>>(path);
      const tried = await attempt(page, () => page.api.send("DELETE", path, undefined, form.version));
      if ("failed" in tried) return ask(c, id, form.again(tried.failed));
      return leave(c, placeOf(page), page.say(messages).withdrawn(email));
    });

async function ask(c: Context<PageEnv>, id: string, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { body, etag } = await page.api.read<Wire<SentInvitation>>(organizationOf(page).api(`/invitations/${id}`));
  const title = t.withdrawTitle(body.email);
  return show(
    c,
    { title, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <Ask page={page} form={form} title={title} submit={t.withdraw} back={placeOf(page)}>
      <Version form={form} etag={etag} />
      <p>{t.withdrawText}</p>
    </Ask>,
  );
}
