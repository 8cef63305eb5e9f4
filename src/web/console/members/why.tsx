/** @jsxImportSource hono/jsx */
import type { Page, Wire } from "../../../http/page.ts";
import type { EffectivePermissions } from "../../../modules/account/me/index.ts";
import type { CataloguedPermission } from "../../../modules/organization/roles/index.ts";
import { pageRoutes } from "../../kit/env.ts";
import { inLanguages } from "../../kit/languages.ts";
import { organizationOf } from "../../kit/organization.ts";
import { show } from "../../kit/show.tsx";
import { byResource, permissionLabel, wholeLabel } from "../../messages/permissions.ts";
import { ConsoleFrame } from "../frame.tsx";
import { roleLabel } from "../roles/names.ts";
import { readMember } from "./one.tsx";

const messages = inLanguages({
  en: {
    title: (name: string) => `What ${name} may do`,
    why: "Why?",
    permission: "Permission",
    ask: "Ask why",
    own: "their own only",
    nothing: "Nothing yet: no role allows anything.",
    back: (name: string) => `Back to ${name}`,
    granted: (name: string, what: string) => `${name} may. ${what}`,
    own_only: (name: string, what: string) => `${name} may, but only for what they made or are assigned. ${what}`,
    denied: (name: string, what: string) => `${name} may not: what one role denies, no other gives. ${what}`,
    not_granted: (name: string) => `${name} may not: none of their roles allows it.`,
    not_entitled: (name: string, what: string) => `${name} may not: the organization doesn't have this module. ${what}`,
    allows: (role: string) => `The role ${role} allows it.`,
    allowsOwn: (role: string) => `The role ${role} allows it for one's own.`,
    denies: (role: string) => `The role ${role} denies it.`,
    locked: "The platform's administrators have fixed this.",
    grantedTo: (roles: string) => `These built-in roles allow it: ${roles}.`,
  },
  de: {
    title: (name: string) => `Was ${name} darf`,
    why: "Warum?",
    permission: "Berechtigung",
    ask: "Nach dem Grund fragen",
    own: "nur Eigenes",
    nothing: "Noch nichts: Keine Rolle erlaubt etwas.",
    back: (name: string) => `Zurück zu ${name}`,
    granted: (name: string, what: string) => `${name} darf das. ${what}`,
    own_only: (name: string, what: string) => `${name} darf das, aber nur mit Eigenem oder Zugewiesenem. ${what}`,
    denied: (name: string, what: string) =>
      `${name} darf das nicht: Was eine Rolle verbietet, gibt keine andere. ${what}`,
    not_granted: (name: string) => `${name} darf das nicht: Keine der Rollen erlaubt es.`,
    not_entitled: (name: string, what: string) =>
      `${name} darf das nicht: Die Organisation hat dieses Modul nicht. ${what}`,
    allows: (role: string) => `Die Rolle ${role} erlaubt es.`,
    allowsOwn: (role: string) => `Die Rolle ${role} erlaubt es für Eigenes.`,
    denies: (role: string) => `Die Rolle ${role} verbietet es.`,
    locked: "Die Administratoren der Plattform haben das festgelegt.",
    grantedTo: (roles: string) => `Diese eingebauten Rollen erlauben es: ${roles}.`,
  },
});

type Explained = NonNullable<Wire<EffectivePermissions>["explain"]>;

/** What a member may do, and why they may, or may not, do one thing. */
export const memberPermissions = () =>
  pageRoutes().get("/:id/permissions", async (c) => {
    const { page } = c.var;
    const t = page.say(messages);
    const id = c.req.param("id");
    const { explain: asked } = c.req.query();
    const [{ name }, { permissions, own, explain }, { data: all }] = await Promise.all([
      readMember(page, id),
      page.api.get<Wire<EffectivePermissions>>(organizationOf(page).api(`/members/${id}/permissions`), {
        explain: asked,
      }),
      page.api.get<{ data: Wire<CataloguedPermission>[] }>(organizationOf(page).api("/permissions")),
    ]);
    const held = [
      ...permissions.map((permission) => ({ permission, own: false })),
      ...own.map((permission) => ({ permission, own: true })),
    ];
    const title = t.title(name);
    return show(
      c,
      { title, frame: ConsoleFrame },
      <>
        <h1>{title}</h1>
        <form class="search" method="get" action={page.path}>
          <select name="explain" aria-label={t.permission}>
            {byResource(page, all).map(([resource, rows]) => (
              <optgroup label={resource}>
                {rows.map(({ permission }) => (
                  <option value={permission} selected={permission === asked}>
                    {wholeLabel(page, permission)}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
          <button class="primary" type="submit">
            {t.ask}
          </button>
        </form>
        {explain === undefined ? null : <Reason page={page} name={name} explained={explain} />}
        {held.length === 0 ? <p>{t.nothing}</p> : null}
        <dl class="permissions">
          {byResource(page, held).map(([resource, rows]) => (
            <>
              <dt>{resource}</dt>
              <dd>
                {rows
                  .map(({ permission, own }) => permissionLabel(page, permission) + (own ? ` (${t.own})` : ""))
                  .join(", ")}
              </dd>
            </>
          ))}
        </dl>
        <p>
          <a href={organizationOf(page).at(`/members/${id}`)}>{t.back(name)}</a>
        </p>
      </>,
    );
  });

function Reason({ page, name, explained }: { page: Page; name: string; explained: Explained }) {
  const t = page.say(messages);
  const { permission, reason, entries, grantedTo } = explained;
  const said = entries.map(({ role, effect, scope, locked }) => {
    const label = roleLabel(page, role);
    const what = effect === "deny" ? t.denies(label) : scope === "own" ? t.allowsOwn(label) : t.allows(label);
    return locked ? `${what} ${t.locked}` : what;
  });
  return (
    <section class="notice" aria-label={t.why}>
      <strong>{wholeLabel(page, permission)}</strong>
      <p>{t[reason](name, said.join(" "))}</p>
      {reason === "not_granted" && grantedTo.length > 0 ? (
        <p>{t.grantedTo(grantedTo.map((role) => roleLabel(page, role)).join(", "))}</p>
      ) : null}
    </section>
  );
}
