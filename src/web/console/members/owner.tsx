/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv } from "../../../http/page.ts";
import { Choice, Form, Version } from "../../components/form.tsx";
import { pageRoutes } from "../../kit/env.ts";
import { attempt, filled, type Form as FormState, readForm } from "../../kit/forms.ts";
import { leave } from "../../kit/leave.ts";
import { organizationOf } from "../../kit/organization.ts";
import { show } from "../../kit/show.tsx";
import { ConsoleFrame } from "../frame.tsx";
import { roleLabel } from "../roles/names.ts";
import { messages } from "./messages.ts";
import { readMember } from "./one.tsx";

/** What an owner may become who hands the organization over. */
const lesser = ["admin", "member", "viewer"] as const;

/** Makes a member an owner; who does it may step down at the same time. */
export const makeOwner = () =>
  pageRoutes()
    .get("/:id/owner", (c) => ask(c, c.req.param("id"), filled({ become: "owner" })))
    .post("/:id/owner", async (c) => {
      const { page } = c.var;
      const t = page.say(messages);
      const id = c.req.param("id");
      const form = await readForm(c);
      const { name } = await readMember(page, id);
      const become = lesser.find((role) => role === form.text("become"));
      // One after the other: an organization keeps an owner.
      const tried = await attempt(page, async () => {
        await page.api.send("PATCH", organizationOf(page).api(`/members/${id}`), { role: "owner" }, form.version);
        if (become) await page.api.send("PATCH", organizationOf(page).api("/members/me"), { role: become });
      });
      if ("failed" in tried) return ask(c, id, form.again(tried.failed));
      const told = become ? t.handedOver(name) : t.ownerMade(name);
      return leave(c, organizationOf(page).at("/members"), told);
    });

async function ask(c: Context<PageEnv>, id: string, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { name, etag } = await readMember(page, id);
  const title = t.ownerTitle(name);
  const back = organizationOf(page).at(`/members/${id}`);
  return show(
    c,
    { title, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <>
      <h1>{title}</h1>
      <Form page={page} form={form} submit={t.makeOwner} back={back}>
        <Version form={form} etag={etag} />
        <p>{t.ownerText(name)}</p>
        <Choice
          page={page}
          form={form}
          name="become"
          label={t.stepDown}
          hint={t.stepDownHint}
          options={[
            { value: "owner", label: t.stayOwner },
            ...lesser.map((role) => ({ value: role, label: roleLabel(page, role) })),
          ]}
        />
      </Form>
    </>,
  );
}
