/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { Page, PageEnv, Wire } from "../../../http/page.ts";
import type { CataloguedPermission, RoleEntries } from "../../../modules/organization/roles/index.ts";
import { Form, Version } from "../../components/form.tsx";
import { pageRoutes } from "../../kit/env.ts";
import { attempt, emptyForm, type Form as FormState, readForm, type Sent } from "../../kit/forms.ts";
import { leave } from "../../kit/leave.ts";
import { organizationOf } from "../../kit/organization.ts";
import { show } from "../../kit/show.tsx";
import { ConsoleFrame } from "../frame.tsx";
import { mayGive, type WireRole } from "./givable.ts";
import { newRolePath, placeOf } from "./list.tsx";
import { Matrix } from "./matrix.tsx";
import { messages } from "./messages.ts";
import { roleDescription, roleLabel } from "./names.ts";

type Entries = Wire<RoleEntries>;

/** One role: what it is for, and what it allows, as a matrix to edit. */
export const oneRole = () =>
  pageRoutes()
    .get("/:role", (c) => showRole(c, c.req.param("role"), emptyForm))
    .post("/:role", async (c) => {
      const { page } = c.var;
      const name = c.req.param("role");
      const form = await readForm(c);
      const path = organizationOf(page).api(`/roles/${name}/permissions`);
      const { permissions: before } = await page.api.get<Entries>(path);
      const permissions = chosen(form, before);
      const tried = await attempt(page, () => page.api.send("PUT", path, { permissions }, form.version));
      if ("failed" in tried) return showRole(c, name, form.again(tried.failed));
      return leave(c, placeOf(page, `/${name}`), page.say(messages).savedEntries);
    });

/** The entries that a form asks for: of what it doesn't name, those that there are. */
function chosen(form: Sent, before: Entries["permissions"]) {
  const asked = form.group("entry");
  const kept = before.filter(({ permission }) => !asked.has(permission));
  return [
    ...kept.map(({ permission, effect, scope }) => ({ permission, effect, scope })),
    ...[...asked].flatMap(([permission, effect]) => {
      if (effect === "allow") return [{ permission, effect: "allow", scope: "organization" }];
      if (effect === "own") return [{ permission, effect: "allow", scope: "own" }];
      return effect === "deny" ? [{ permission, effect: "deny", scope: "organization" }] : [];
    }),
  ];
}

async function showRole(c: Context<PageEnv>, name: string, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const at = organizationOf(page).api(`/roles/${name}`);
  const [role, { body, etag }, { data: all }] = await Promise.all([
    page.api.get<WireRole>(at),
    page.api.read<Entries>(`${at}/permissions`),
    page.api.get<{ data: Wire<CataloguedPermission>[] }>(organizationOf(page).api("/permissions")),
  ]);
  const label = roleLabel(page, role.name);
  const why = closedBy(page, role);
  const here = placeOf(page, `/${role.name}`);
  const description = roleDescription(page, role);
  const matrix = <Matrix page={page} form={form} all={all} entries={body.permissions} editable={why === null} />;
  return show(
    c,
    { title: label, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <>
      <h1>
        {label} {role.builtIn ? <span class="tag">{t.builtIn}</span> : null}
      </h1>
      {description ? <p>{description}</p> : null}
      <p class="buttons">
        {page.may("member:read") ? (
          <a href={organizationOf(page).at(`/members?role=${role.name}`)}>{t.members}</a>
        ) : null}
        {page.may("role:create") ? <a href={placeOf(page, `${newRolePath}?from=${role.name}`)}>{t.copy}</a> : null}
        {why === null ? <a href={`${here}/edit`}>{t.edit}</a> : null}
        {page.may("role:delete") && !role.builtIn && mayGive(page, role) ? (
          <a href={`${here}/delete`}>{t.delete}</a>
        ) : null}
      </p>
      <h2>{t.permissions}</h2>
      <p class="hint">{t.explained}</p>
      {why === null ? (
        <Form page={page} form={form} submit={t.save} wide>
          <Version form={form} etag={etag} />
          {matrix}
        </Form>
      ) : (
        <>
          <p class="notice plain">{t[why]}</p>
          {matrix}
        </>
      )}
    </>,
  );
}

/** Why the viewer can't change a role; null where they can. */
function closedBy(page: Page, role: WireRole): "builtInWhy" | "readOnly" | "beyondWhy" | null {
  if (role.builtIn) return "builtInWhy";
  if (!page.may("role:update")) return "readOnly";
  return mayGive(page, role) ? null : "beyondWhy";
}
