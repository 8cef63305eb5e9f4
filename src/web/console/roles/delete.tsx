/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv, WirePage } from "../../../http/page.ts";
import type { Member } from "../../../modules/organization/members/index.ts";
import { Ask } from "../../components/ask.tsx";
import { Version } from "../../components/form.tsx";
import { pageRoutes } from "../../kit/env.ts";
import { attempt, emptyForm, type Form as FormState, readForm } from "../../kit/forms.ts";
import { localeOf } from "../../kit/languages.ts";
import { leave } from "../../kit/leave.ts";
import { organizationOf } from "../../kit/organization.ts";
import { show } from "../../kit/show.tsx";
import { ConsoleFrame } from "../frame.tsx";
import type { WireRole } from "./givable.ts";
import { placeOf } from "./list.tsx";
import { messages } from "./messages.ts";
import { roleLabel } from "./names.ts";

/** Asks before a role is deleted, and says who has it: while somebody does, it stays. */
export const deleteRole = () =>
  pageRoutes()
    .get("/:role/delete", (c) => ask(c, c.req.param("role"), emptyForm))
    .post("/:role/delete", async (c) => {
      const { page } = c.var;
      const role = c.req.param("role");
      const form = await readForm(c);
      const path = organizationOf(page).api(`/roles/${role}`);
      const tried = await attempt(page, () => page.api.send("DELETE", path, undefined, form.version));
      if ("failed" in tried) return ask(c, role, form.again(tried.failed));
      return leave(c, placeOf(page), page.say(messages).deleted(roleLabel(page, role)));
    });

async function ask(c: Context<PageEnv>, role: string, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const [{ etag }, holders] = await Promise.all([
    page.api.read<WireRole>(organizationOf(page).api(`/roles/${role}`)),
    page.may("member:read")
      ? page.api.get<WirePage<Member>>(organizationOf(page).api("/members"), { role, limit: 5 })
      : { data: [], nextCursor: null },
  ]);
  const title = t.deleteTitle(roleLabel(page, role));
  const about = { title, status: form.failed?.status ?? 200, frame: ConsoleFrame };
  const names = holders.data.map(({ user }) => user.name || user.email);
  const [only] = names;
  if (only === undefined)
    return show(
      c,
      about,
      <Ask page={page} form={form} title={title} submit={t.delete} back={placeOf(page, `/${role}`)}>
        <Version form={form} etag={etag} />
        <p>{t.deleteText}</p>
      </Ask>,
    );
  const joined = new Intl.ListFormat(localeOf(page.language), { type: "conjunction" }).format(names);
  const many = holders.nextCursor === null ? joined : t.more(names.join(", "));
  return show(
    c,
    about,
    <>
      <h1>{title}</h1>
      <p>{names.length === 1 ? t.inUseByOne(only) : t.inUse(many)}</p>
      <p class="buttons">
        <a class="button primary" href={organizationOf(page).at(`/members?role=${role}`)}>
          {t.members}
        </a>
      </p>
    </>,
  );
}
