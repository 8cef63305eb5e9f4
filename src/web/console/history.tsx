/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { Page, PageEnv, WirePage } from "../../http/page.ts";
import { Empty, Filter, Pager, Rows, When } from "../components/list.tsx";
import { withQuery } from "../kit/api.ts";
import { pageRoutes } from "../kit/env.ts";
import { inLanguages, localeOf } from "../kit/languages.ts";
import { organizationOf } from "../kit/organization.ts";
import { asked } from "../kit/rows.ts";
import { show } from "../kit/show.tsx";
import { actionName } from "../messages/actions.ts";
import { ConsoleFrame } from "./frame.tsx";
import { Changes, type Event, whoDid } from "../components/history.tsx";

const messages = inLanguages({
  en: {
    title: "Audit trail",
    when: "When",
    who: "Who",
    what: "What",
    changes: "Changes",
    action: "What happened",
    anything: "Anything",
    from: "From",
    to: "To",
    filter: "Filter",
    by: (name: string) => `All that ${name} did`,
    about: "All that happened to this",
    narrowed: "You see a part of it.",
    all: "Show everything",
    none: "Nothing found",
    noneText: "Nothing was recorded that fits these filters.",
  },
  de: {
    title: "Protokoll",
    when: "Wann",
    who: "Wer",
    what: "Was",
    changes: "Änderungen",
    action: "Was geschah",
    anything: "Alles",
    from: "Von",
    to: "Bis",
    filter: "Filtern",
    by: (name: string) => `Alles, was ${name} tat`,
    about: "Alles, was damit geschah",
    narrowed: "Sie sehen einen Teil davon.",
    all: "Alles anzeigen",
    none: "Nichts gefunden",
    noneText: "Zu diesen Filtern ist nichts aufgezeichnet.",
  },
});

const dayMs = 24 * 3_600_000;

/** The start of a day in UTC, some days later; undefined for what is no day. */
function startOf(day: string | undefined, later = 0): string | undefined {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(day ?? "") ? Date.parse(day ?? "") : Number.NaN;
  return Number.isNaN(at) ? undefined : new Date(at + later * dayMs).toISOString();
}

// These happen to people, never in an organization.
const ofPeople = /^(user|session|account|passkey|preferences|profile)\./;

/** Who did what in the organization. */
export const history = () => pageRoutes().get("/", (c) => showHistory(c));

async function showHistory(c: Context<PageEnv>): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { at, api } = organizationOf(page);
  const { cursor, ...query } = asked(c, "action", "actorId", "entityType", "entityId", "from", "to", "cursor");
  const days = { from: startOf(query.from), to: startOf(query.to, 1) };
  const found = await page.api.get<WirePage<Event>>(api("/audit-events"), { ...query, ...days, cursor });
  const names = page.site.events
    .filter((action) => !ofPeople.test(action))
    .map((value) => ({ value, label: actionName(page, value) }))
    .toSorted((a, b) => a.label.localeCompare(b.label, localeOf(page.language)));
  const { actorId, entityType, entityId } = query;
  return show(
    c,
    { title: t.title, frame: ConsoleFrame, live: true },
    <>
      <h1>{t.title}</h1>
      <form class="search" method="get" action={page.path}>
        {Object.entries({ actorId, entityType, entityId }).map(([name, value]) =>
          value === undefined ? null : <input type="hidden" name={name} value={value} />,
        )}
        <Filter
          name="action"
          label={t.action}
          options={[{ value: "", label: t.anything }, ...names]}
          chosen={query.action}
        />
        <label>
          {t.from} <input type="date" name="from" value={query.from} />
        </label>
        <label>
          {t.to} <input type="date" name="to" value={query.to} />
        </label>
        <button type="submit">{t.filter}</button>
      </form>
      {actorId === undefined && entityId === undefined ? null : (
        <p>
          {t.narrowed} <a href={at("/audit-events")}>{t.all}</a>
        </p>
      )}
      {found.data.length === 0 ? (
        <Empty title={t.none}>
          <p>{t.noneText}</p>
          <a href={at("/audit-events")}>{t.all}</a>
        </Empty>
      ) : (
        <Rows caption={t.title} columns={[t.when, t.who, t.what, t.changes]} rows={rowsOf(page, found.data)} />
      )}
      <Pager page={page} next={found.nextCursor} query={query} first={cursor === undefined} />
    </>,
  );
}

function rowsOf(page: Page, events: readonly Event[]) {
  const t = page.say(messages);
  return events.map((event) => {
    const { actor, entity, action } = event;
    const said = actionName(page, action);
    return [
      <When page={page} at={event.createdAt} />,
      whoDid(page, event, actor.id === null ? undefined : withQuery(page.path, { actorId: actor.id })),
      <a href={withQuery(page.path, { entityType: entity.type, entityId: entity.id })} title={t.about}>
        {said}
      </a>,
      <Changes page={page} event={event} />,
    ];
  });
}
