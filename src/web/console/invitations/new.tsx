/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv, Wire } from "../../../http/page.ts";
import { Forbidden } from "../../../core/problem.ts";
import type { SentInvitation } from "../../../modules/organization/invitations/index.ts";
import { Field, Form, Ticks } from "../../components/form.tsx";
import { pageRoutes } from "../../kit/env.ts";
import { attempt, filled, type Form as FormState, readForm, tickedIn } from "../../kit/forms.ts";
import { leave } from "../../kit/leave.ts";
import { organizationOf } from "../../kit/organization.ts";
import { show } from "../../kit/show.tsx";
import { ConsoleFrame } from "../frame.tsx";
import { optionsOf } from "../members/one.tsx";
import { mayGive, rolesFor } from "../roles/givable.ts";
import { roleLabel } from "../roles/names.ts";
import { placeOf } from "./list.tsx";
import { messages } from "./messages.ts";

/** Invites somebody by their address, to roles that the viewer may give. */
export const newInvitation = () =>
  pageRoutes()
    .get("/new", (c) => {
      if (!c.var.page.may("invitation:create")) throw Forbidden("Your role doesn't let you invite.");
      return showForm(c, null);
    })
    .post("/new", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const role = [...form.group("role").keys()];
      const input = { email: form.text("email"), ...(role.length === 0 ? {} : { role }) };
      const path = organizationOf(page).api("/invitations");
      const tried = await attempt(page, () => page.api.send<Wire<SentInvitation>>("POST", path, input));
      if ("failed" in tried) return showForm(c, form.again(tried.failed));
      return leave(c, placeOf(page), page.say(messages).sent(tried.done.email));
    });

async function showForm(c: Context<PageEnv>, sent: FormState | null): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const [roles, { defaultRole }] = await Promise.all([
    rolesFor(page),
    page.api.get<{ defaultRole: string }>(organizationOf(page).api()),
  ]);
  const usual = roles.filter((role) => role.name === defaultRole && mayGive(page, role)).map(({ name }) => name);
  const form = sent ?? filled(tickedIn("role", usual));
  return show(
    c,
    { title: t.newTitle, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <>
      <h1>{t.newTitle}</h1>
      <Form page={page} form={form} submit={t.send} back={placeOf(page)}>
        <Field
          page={page}
          form={form}
          name="email"
          type="email"
          label={t.email}
          hint={t.emailHint}
          maxlength={254}
          required
          autofocus
        />
        {roles.length === 0 ? null : (
          <Ticks
            form={form}
            name="role"
            label={t.roles}
            hint={t.rolesHint(roleLabel(page, defaultRole))}
            options={optionsOf(page, roles)}
          />
        )}
      </Form>
    </>,
  );
}
