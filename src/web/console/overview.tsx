/** @jsxImportSource hono/jsx */
import type { Page, WirePage } from "../../http/page.ts";
import { Rows, When } from "../components/list.tsx";
import { pageRoutes } from "../kit/env.ts";
import { inLanguages } from "../kit/languages.ts";
import { organizationOf } from "../kit/organization.ts";
import { sections } from "../kit/sections.ts";
import { show } from "../kit/show.tsx";
import { actionName } from "../messages/actions.ts";
import { ConsoleFrame } from "./frame.tsx";
import { type Event, whoDid } from "../components/history.tsx";
import { rolesLabel } from "./roles/names.ts";

const messages = inLanguages({
  en: {
    role: "Your role",
    members: "Members",
    more: (n: string) => `more than ${n}`,
    alone: "You are alone here",
    aloneText: "Invite the people you work with. They get a mail with a link.",
    invite: "Invite people",
    latest: "What happened last",
    all: "The whole audit trail",
    when: "When",
    who: "Who",
    what: "What",
  },
  de: {
    role: "Ihre Rolle",
    members: "Mitglieder",
    more: (n: string) => `mehr als ${n}`,
    alone: "Sie sind hier allein",
    aloneText: "Laden Sie die Menschen ein, mit denen Sie arbeiten. Sie bekommen eine Mail mit einem Link.",
    invite: "Jemanden einladen",
    latest: "Was zuletzt geschah",
    all: "Das ganze Protokoll",
    when: "Wann",
    who: "Wer",
    what: "Was",
  },
});

const mostCounted = 100;

/** What there is in an organization, and what to do first. */
export const overview = () =>
  pageRoutes().get("/", async (c) => {
    const { page } = c.var;
    const t = page.say(messages);
    const { id, name, role, at, api } = organizationOf(page);
    const [members, below, events] = await Promise.all([
      page.may("member:read") ? page.api.get<WirePage<unknown>>(api("/members"), { limit: mostCounted }) : null,
      sections(c, "organization", id),
      page.may("auditEvent:read") ? page.api.get<WirePage<Event>>(api("/audit-events"), { limit: 5 }) : null,
    ]);
    const alone = members?.data.length === 1;
    return show(
      c,
      { title: name, frame: ConsoleFrame },
      <>
        <h1>{name}</h1>
        <dl>
          <dt>{t.role}</dt>
          <dd>{rolesLabel(page, role)}</dd>
          {members === null ? null : (
            <>
              <dt>{t.members}</dt>
              <dd>{members.nextCursor === null ? members.data.length : t.more(String(mostCounted))}</dd>
            </>
          )}
        </dl>
        {alone && page.may("invitation:create") ? (
          <div class="empty">
            <h2>{t.alone}</h2>
            <p>{t.aloneText}</p>
            <a class="button" href={at("/invitations/new")}>
              {t.invite}
            </a>
          </div>
        ) : null}
        {below}
        {events === null ? null : <Latest page={page} events={events.data} />}
      </>,
    );
  });

function Latest({ page, events }: { page: Page; events: readonly Event[] }) {
  const t = page.say(messages);
  const rows = events.map((event) => [
    <When page={page} at={event.createdAt} />,
    whoDid(page, event),
    actionName(page, event.action),
  ]);
  return (
    <section>
      <h2>{t.latest}</h2>
      <Rows caption={t.latest} columns={[t.when, t.who, t.what]} rows={rows} />
      <p>
        <a href={organizationOf(page).at("/audit-events")}>{t.all}</a>
      </p>
    </section>
  );
}
