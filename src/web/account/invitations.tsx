/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { NotFound } from "../../core/problem.ts";
import { ApiFailure, type PageEnv, type WirePage } from "../../http/page.ts";
import type { MyInvitation } from "../../modules/organization/invitations/index.ts";
import { rolesLabel } from "../console/roles/names.ts";
import { Ask } from "../components/ask.tsx";
import { Empty, Pager, Rows, When } from "../components/list.tsx";
import { Notice } from "../components/notice.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, emptyForm, type Failed, type Form as FormState, readForm } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { leave } from "../kit/leave.ts";
import { consolePath } from "../kit/organization.ts";
import { show } from "../kit/show.tsx";

import { AccountFrame } from "./frame.tsx";

const messages = inLanguages({
  en: {
    title: "Invitations",
    organization: "Organization",
    as: (role: string, by: string) => `as ${role}, by ${by}`,
    until: "Open until",
    accept: "Accept",
    acceptNamed: (name: string) => `Accept the invitation to ${name}`,
    decline: "Decline",
    declineNamed: (name: string) => `Decline the invitation to ${name}`,
    none: "No open invitations",
    noneText: (address: string) => `Whoever invites you does so by your address, ${address}.`,
    unverified: "Verify your address first",
    unverifiedText: "Only who reads the address's mail sees invitations to it.",
    toProfile: "To your profile",
    joined: (name: string) => `Welcome to ${name}.`,
    ask: (name: string) => `Decline the invitation to ${name}?`,
    what: "It can't be accepted then. Whoever sent it sees that you declined.",
    declined: "Declined.",
  },
  de: {
    title: "Einladungen",
    organization: "Organisation",
    as: (role: string, by: string) => `als ${role}, von ${by}`,
    until: "Offen bis",
    accept: "Annehmen",
    acceptNamed: (name: string) => `Einladung von ${name} annehmen`,
    decline: "Ablehnen",
    declineNamed: (name: string) => `Einladung von ${name} ablehnen`,
    none: "Keine offenen Einladungen",
    noneText: (address: string) => `Wer Sie einlädt, tut es über Ihre Adresse ${address}.`,
    unverified: "Bestätigen Sie zuerst Ihre Adresse",
    unverifiedText: "Nur wer die Mails an eine Adresse liest, sieht die Einladungen an sie.",
    toProfile: "Zum Profil",
    joined: (name: string) => `Willkommen bei ${name}.`,
    ask: (name: string) => `Die Einladung von ${name} ablehnen?`,
    what: "Sie kann dann nicht mehr angenommen werden. Wer sie gesendet hat, sieht, dass Sie abgelehnt haben.",
    declined: "Abgelehnt.",
  },
});

const [here, list] = ["/account/invitations", "/v1/me/invitations"];

/** The open invitations to somebody's address. */
export const invitations = () =>
  pageRoutes()
    .get("/", (c) => showInvitations(c))
    .post("/", async (c) => {
      const { page } = c.var;
      const id = (await readForm(c)).text("accept");
      const tried = await attempt(page, () => page.api.send("POST", `${pathOf(id)}/accept`));
      if ("failed" in tried) return showInvitations(c, tried.failed);
      const { slug, name } = await page.api.get<{ slug: string; name: string }>("/v1/orgs/current");
      return leave(c, consolePath(slug), page.say(messages).joined(name));
    })
    .get("/:id/decline", (c) => askDecline(c, emptyForm))
    .post("/:id/decline", async (c) => {
      const { page } = c.var;
      const tried = await attempt(page, () => page.api.send("POST", `${pathOf(c.req.param("id"))}/reject`));
      if ("failed" in tried) return askDecline(c, { ...emptyForm, failed: tried.failed });
      return leave(c, here, page.say(messages).declined);
    });

const pathOf = (id: string) => `${list}/${encodeURIComponent(id)}`;

async function showInvitations(c: Context<PageEnv>, failed?: Failed): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const cursor = failed ? undefined : c.req.query("cursor");
  const found = await open(c, cursor);
  return show(
    c,
    { title: t.title, status: failed?.status ?? 200, frame: AccountFrame, live: failed === null },
    <>
      <h1>{t.title}</h1>
      {failed ? <Notice kind="bad">{failed.message}</Notice> : null}
      {found === null ? (
        <Empty title={t.unverified}>
          <p>{t.unverifiedText}</p>
          <a href="/account">{t.toProfile}</a>
        </Empty>
      ) : found.data.length === 0 ? (
        <Empty title={t.none}>
          <p>{t.noneText(page.viewer?.email ?? "")}</p>
        </Empty>
      ) : (
        <>
          <Rows
            caption={t.title}
            columns={[t.organization, t.until, ""]}
            rows={found.data.map(({ id, organization, role, inviter, expiresAt }) => [
              <>
                {organization.name}
                <div class="faint">{t.as(rolesLabel(page, role), inviter.name)}</div>
              </>,
              <When page={page} at={expiresAt} />,
              <span class="buttons">
                <form method="post" action={here} data-once>
                  <button type="submit" name="accept" value={id} aria-label={t.acceptNamed(organization.name)}>
                    {t.accept}
                  </button>
                </form>
                <a href={`${here}/${id}/decline`} aria-label={t.declineNamed(organization.name)}>
                  {t.decline}
                </a>
              </span>,
            ])}
          />
          <Pager page={page} next={found.nextCursor} first={cursor === undefined} />
        </>
      )}
    </>,
  );
}

/** A page of invitations; null where the address isn't verified. */
async function open(c: Context<PageEnv>, cursor: string | undefined) {
  try {
    return await c.var.page.api.get<WirePage<MyInvitation>>(list, { limit: 20, cursor });
  } catch (err) {
    if (err instanceof ApiFailure && err.code === "email_unverified") return null;
    throw err;
  }
}

/** @throws 404 for an invitation that isn't open to the person. */
async function askDecline(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { data } = await page.api.get<WirePage<MyInvitation>>(list, { limit: 100 });
  const found = data.find(({ id }) => id === c.req.param("id"));
  if (!found) throw NotFound("There is no such invitation.");
  const title = t.ask(found.organization.name);
  return show(
    c,
    { title, status: form.failed?.status ?? 200, frame: AccountFrame },
    <Ask page={page} form={form} title={title} submit={t.decline} back={here}>
      <p>{t.what}</p>
    </Ask>,
  );
}
