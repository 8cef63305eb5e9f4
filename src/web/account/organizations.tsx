/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv, WirePage } from "../../http/page.ts";
import type { Membership } from "../../modules/account/me/index.ts";
import { rolesLabel } from "../console/roles/names.ts";
import { Ask } from "../components/ask.tsx";
import { Empty, Pager, Rows, Search, When } from "../components/list.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, emptyForm, type Form as FormState } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { leave } from "../kit/leave.ts";
import { consolePath } from "../kit/organization.ts";
import { show } from "../kit/show.tsx";

import { AccountFrame } from "./frame.tsx";

const messages = inLanguages({
  en: {
    title: "Organizations",
    create: "Create an organization",
    search: "Search by name",
    name: "Name",
    role: "Your role",
    joined: "Joined",
    leave: "Leave",
    leaveNamed: (name: string) => `Leave ${name}`,
    none: "You aren't in an organization yet",
    noneText:
      "An organization holds people together with what they work on. Create one, or ask somebody to invite you.",
    noMatch: "No organization of yours has this in its name",
    all: "Show all",
    ask: (name: string) => `Leave ${name}?`,
    what: "You lose what you may do there at once. What you made stays. To come back, somebody has to invite you.",
    left: (name: string) => `You have left ${name}.`,
  },
  de: {
    title: "Organisationen",
    create: "Organisation gründen",
    search: "Nach Namen suchen",
    name: "Name",
    role: "Ihre Rolle",
    joined: "Beigetreten",
    leave: "Verlassen",
    leaveNamed: (name: string) => `${name} verlassen`,
    none: "Sie sind noch in keiner Organisation",
    noneText:
      "Eine Organisation verbindet Menschen mit dem, woran sie arbeiten. Gründen Sie eine oder lassen Sie sich einladen.",
    noMatch: "Keine Ihrer Organisationen hat das im Namen",
    all: "Alle zeigen",
    ask: (name: string) => `${name} verlassen?`,
    what: "Was Sie dort dürfen, endet sofort. Was Sie angelegt haben, bleibt. Zurück kommen Sie nur mit einer Einladung.",
    left: (name: string) => `Sie haben ${name} verlassen.`,
  },
});

const [here, list] = ["/account/organizations", "/v1/me/organizations"];

/** The organizations that somebody is in, and the way out of them. */
export const organizations = () =>
  pageRoutes()
    .get("/", (c) => showOrganizations(c))
    .get("/:org/leave", (c) => askLeave(c, emptyForm))
    .post("/:org/leave", async (c) => {
      const { page } = c.var;
      const { id, name } = await membership(c);
      const tried = await attempt(page, () => page.api.send("DELETE", `/v1/orgs/${id}/members/me`));
      if ("failed" in tried) return askLeave(c, { ...emptyForm, failed: tried.failed });
      return leave(c, here, page.say(messages).left(name));
    });

async function showOrganizations(c: Context<PageEnv>): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { q = "", cursor } = c.req.query();
  const { data, nextCursor } = await page.api.get<WirePage<Membership>>(list, { limit: 20, q, cursor });
  const none = data.length === 0 && q === "" && cursor === undefined;
  return show(
    c,
    { title: t.title, frame: AccountFrame, live: true },
    <>
      <h1>{t.title}</h1>
      <p>
        <a class="button primary" href={`${here}/new`}>
          {t.create}
        </a>
      </p>
      {none ? (
        <Empty title={t.none}>
          <p>{t.noneText}</p>
        </Empty>
      ) : (
        <>
          <Search page={page} q={q} label={t.search} />
          {data.length === 0 ? (
            <Empty title={t.noMatch}>
              <a href={here}>{t.all}</a>
            </Empty>
          ) : (
            <Rows
              caption={t.title}
              columns={[t.name, t.role, t.joined, ""]}
              rows={data.map(({ slug, name, role, joinedAt }) => [
                <a href={consolePath(slug)}>{name}</a>,
                rolesLabel(page, role),
                <When page={page} at={joinedAt} />,
                <a href={`${here}/${slug}/leave`} aria-label={t.leaveNamed(name)}>
                  {t.leave}
                </a>,
              ])}
            />
          )}
          <Pager page={page} next={nextCursor} query={{ q }} first={cursor === undefined} />
        </>
      )}
    </>,
  );
}

/** The organization that the path names. @throws 404 for who isn't in it. */
const membership = (c: Context<PageEnv>) =>
  c.var.page.api.get<{ id: string; name: string }>(`/v1/orgs/${encodeURIComponent(c.req.param("org") ?? "")}`);

async function askLeave(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { name } = await membership(c);
  return show(
    c,
    { title: t.ask(name), status: form.failed?.status ?? 200, frame: AccountFrame },
    <Ask page={page} form={form} title={t.ask(name)} submit={t.leave} back={here}>
      <p>{t.what}</p>
    </Ask>,
  );
}
