/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { isOwner, splitRoles } from "../../../core/access/permission.ts";
import type { Page, PageEnv, Versioned, Wire } from "../../../http/page.ts";
import type { Member } from "../../../modules/organization/members/index.ts";
import { Form, Ticks, Version } from "../../components/form.tsx";
import { When } from "../../components/list.tsx";
import { pageRoutes } from "../../kit/env.ts";
import { attempt, filled, type Form as FormState, readForm, tickedIn } from "../../kit/forms.ts";
import { leave } from "../../kit/leave.ts";
import { organizationOf } from "../../kit/organization.ts";
import { show } from "../../kit/show.tsx";
import { ConsoleFrame } from "../frame.tsx";
import { beyondViewer, mayGive, rolesFor, type WireRole } from "../roles/givable.ts";
import { roleDescription, roleLabel, rolesLabel } from "../roles/names.ts";
import { messages } from "./messages.ts";

/** Who a page is about, and where it is. */
export async function readMember(page: Page, id: string): Promise<Versioned<Wire<Member>> & { name: string }> {
  const found = await page.api.read<Wire<Member>>(organizationOf(page).api(`/members/${id}`));
  return { ...found, name: found.body.user.name || found.body.user.email };
}

/** One member: what they are, and what may be changed about it. */
export const oneMember = () =>
  pageRoutes()
    .get("/:id", (c) => showMember(c, c.req.param("id"), null))
    .post("/:id", async (c) => {
      const { page } = c.var;
      const id = c.req.param("id");
      const form = await readForm(c);
      const role = [...form.group("role").keys()];
      const path = organizationOf(page).api(`/members/${id}`);
      const tried = await attempt(page, () => page.api.send<Wire<Member>>("PATCH", path, { role }, form.version));
      if ("failed" in tried) return showMember(c, id, form.again(tried.failed));
      const { user } = tried.done;
      return leave(c, page.path, page.say(messages).saved(user.name || user.email));
    });

async function showMember(c: Context<PageEnv>, id: string, sent: FormState | null): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const [{ body: member, etag, name }, roles] = await Promise.all([readMember(page, id), rolesFor(page)]);
  const form = sent ?? filled(tickedIn("role", splitRoles(member.role)));
  const own = member.userId === page.viewer?.id;
  const base = organizationOf(page).at();
  const here = `${base}/members/${member.id}`;
  const beyond = beyondViewer(page, roles, member.role);
  const editable = page.may("member:update") && roles.length > 0;
  return show(
    c,
    { title: name, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <>
      <h1>
        {name} {own ? <span class="tag">{t.you}</span> : null}
      </h1>
      <dl>
        <dt>{t.email}</dt>
        <dd>{member.user.email}</dd>
        <dt>{t.roles}</dt>
        <dd>{rolesLabel(page, member.role)}</dd>
        <dt>{t.since}</dt>
        <dd>
          <When page={page} at={member.createdAt} />
        </dd>
      </dl>
      {page.may("role:read") ? (
        <p>
          <a href={`${here}/permissions`}>{t.what(name)}</a>
        </p>
      ) : null}
      {editable && beyond !== undefined ? <p class="hint">{t.beyond(name, roleLabel(page, beyond))}</p> : null}
      {editable && beyond === undefined ? (
        <Form page={page} form={form} submit={t.change}>
          <Version form={form} etag={etag} />
          <Ticks form={form} name="role" label={t.roles} hint={t.changeHint} options={optionsOf(page, roles)} />
        </Form>
      ) : null}
      <p class="buttons">
        {isOwner(page.organization?.role ?? null) && !isOwner(member.role) ? (
          <a class="button" href={`${here}/owner`}>
            {t.makeOwner}
          </a>
        ) : null}
        {own ? (
          <a class="button" href={`${base}/danger`}>
            {t.leave}
          </a>
        ) : page.may("member:delete") && beyond === undefined ? (
          <a class="button danger" href={`${here}/delete`}>
            {t.remove(name)}
          </a>
        ) : null}
      </p>
    </>,
  );
}

/** The roles as boxes; those that the viewer may not give can't be ticked. */
export const optionsOf = (page: Page, roles: readonly WireRole[]) =>
  roles.map((role) => {
    const may = mayGive(page, role);
    const hint = may ? (roleDescription(page, role) ?? undefined) : page.say(messages).beyondRole;
    return { value: role.name, label: roleLabel(page, role.name), disabled: !may, hint };
  });
