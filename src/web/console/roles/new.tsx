/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { Permission } from "../../../core/access/permission.ts";
import { holds } from "../../../core/access/role.ts";
import { Forbidden } from "../../../core/problem.ts";
import type { Page, PageEnv } from "../../../http/page.ts";
import { Field, Form, TextArea } from "../../components/form.tsx";
import { pageRoutes } from "../../kit/env.ts";
import { attempt, emptyForm, type Form as FormState, readForm } from "../../kit/forms.ts";
import { leave } from "../../kit/leave.ts";
import { organizationOf } from "../../kit/organization.ts";
import { show } from "../../kit/show.tsx";
import { ConsoleFrame } from "../frame.tsx";
import type { WireRole } from "./givable.ts";
import { newRolePath, placeOf } from "./list.tsx";
import { messages } from "./messages.ts";
import { roleLabel } from "./names.ts";

/** Adds a role: an empty one, or a copy of another. What it allows is chosen on the page of the role. */
export const newRole = () =>
  pageRoutes()
    .get(newRolePath, (c) => {
      if (!c.var.page.may("role:create")) throw Forbidden("Your role doesn't let you add roles.");
      return showForm(c, emptyForm, c.req.query("from"));
    })
    .post(newRolePath, async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const from = form.given("from");
      const { permissions } = await copied(page, from);
      const input = { name: form.text("name"), description: form.given("description"), permissions };
      const path = organizationOf(page).api("/roles");
      const tried = await attempt(page, () => page.api.send<WireRole>("POST", path, input));
      if ("failed" in tried) return showForm(c, form.again(tried.failed), from);
      const { name } = tried.done;
      return leave(c, placeOf(page, `/${name}`), page.say(messages).created(name));
    });

/** What a copy of a role says, but for what the viewer can't give. */
async function copied(page: Page, from: string | undefined) {
  if (from === undefined) return { permissions: [], left: 0 };
  const { permissions: all } = await page.api.get<WireRole>(
    organizationOf(page).api(`/roles/${encodeURIComponent(from)}`),
  );
  const { organization } = page;
  const permissions = all
    .filter(({ permission, effect, scope }) => {
      const reach = effect === "deny" ? "organization" : scope;
      return organization !== null && holds(organization, permission as Permission, reach);
    })
    .map(({ permission, effect, scope }) => ({ permission, effect, scope }));
  return { permissions, left: all.length - permissions.length };
}

async function showForm(c: Context<PageEnv>, form: FormState, from: string | undefined): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { left } = await copied(page, from);
  return show(
    c,
    { title: t.add, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <>
      <h1>{t.add}</h1>
      <Form page={page} form={form} action={placeOf(page, newRolePath)} submit={t.create} back={placeOf(page)}>
        {from === undefined ? null : (
          <p>
            <input type="hidden" name="from" value={from} />
            {t.copyOf(roleLabel(page, from))} {left === 0 ? null : t.left(left)}
          </p>
        )}
        <RoleFields page={page} form={form} />
      </Form>
    </>,
  );
}

/** What a role is called and what it is for. */
export const RoleFields = ({ page, form, hint }: { page: Page; form: FormState; hint?: string }) => {
  const t = page.say(messages);
  return (
    <>
      <Field page={page} form={form} name="name" label={t.name} hint={hint ?? t.nameHint} maxlength={60} required />
      <TextArea page={page} form={form} name="description" label={t.description} rows={2} maxlength={400} />
    </>
  );
};
