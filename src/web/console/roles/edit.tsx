/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv } from "../../../http/page.ts";
import { Form, Version } from "../../components/form.tsx";
import { pageRoutes } from "../../kit/env.ts";
import { attempt, filled, type Form as FormState, readForm } from "../../kit/forms.ts";
import { leave } from "../../kit/leave.ts";
import { organizationOf } from "../../kit/organization.ts";
import { show } from "../../kit/show.tsx";
import { ConsoleFrame } from "../frame.tsx";
import type { WireRole } from "./givable.ts";
import { placeOf } from "./list.tsx";
import { messages } from "./messages.ts";
import { roleLabel } from "./names.ts";
import { RoleFields } from "./new.tsx";

/** Changes what a role is called and what it is for. */
export const editRole = () =>
  pageRoutes()
    .get("/:role/edit", (c) => showForm(c, c.req.param("role"), null))
    .post("/:role/edit", async (c) => {
      const { page } = c.var;
      const role = c.req.param("role");
      const form = await readForm(c);
      const input = { name: form.text("name"), description: form.text("description") };
      const path = organizationOf(page).api(`/roles/${role}`);
      const tried = await attempt(page, () => page.api.send<WireRole>("PATCH", path, input, form.version));
      if ("failed" in tried) return showForm(c, role, form.again(tried.failed));
      return leave(c, placeOf(page, `/${tried.done.name}`), page.say(messages).saved);
    });

async function showForm(c: Context<PageEnv>, role: string, sent: FormState | null): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { body, etag } = await page.api.read<WireRole>(organizationOf(page).api(`/roles/${role}`));
  const form = sent ?? filled({ name: body.name, description: body.description });
  const title = t.editTitle(roleLabel(page, body.name));
  return show(
    c,
    { title, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <>
      <h1>{title}</h1>
      <Form page={page} form={form} submit={t.edit} back={placeOf(page, `/${role}`)}>
        <Version form={form} etag={etag} />
        <RoleFields page={page} form={form} hint={`${t.nameHint} ${t.editHint}`} />
      </Form>
    </>,
  );
}
