/** @jsxImportSource hono/jsx */
import type { Page, Wire, WirePage } from "../../http/page.ts";
import type { AuditEvent } from "../../modules/platform/audit-events/index.ts";
import { Empty, Pager, Rows, When } from "../components/list.tsx";
import { Notice } from "../components/notice.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { show } from "../kit/show.tsx";
import { actionName } from "../messages/actions.ts";
import { AdminFrame } from "./frame.tsx";

type Event = Wire<AuditEvent>;

const messages = inLanguages({
  en: {
    title: "History",
    text: "What was done to accounts, and what administrators did. What happened in an organization stands on its page.",
    ofOrganization: "What was done in this organization.",
    when: "When",
    who: "Who",
    what: "What",
    changes: "Changes",
    system: "The service",
    key: "An API key",
    gone: "Somebody who isn't here any more",
    acting: "An administrator, as this person",
    kind: "What it was about",
    anything: "Anything",
    from: "From",
    to: "To",
    filter: "Filter",
    none: "Nothing found",
    noneText: "Nothing was recorded that fits these filters.",
    all: "Show everything",
    kinds: { user: "People", session: "Sessions", account: "Ways to sign in", passkey: "Passkeys" },
  },
  de: {
    title: "Verlauf",
    text: "Was an Konten geändert wurde und was Administratoren taten. Was in einer Organisation geschah, steht auf deren Seite.",
    ofOrganization: "Was in dieser Organisation geschah.",
    when: "Wann",
    who: "Wer",
    what: "Was",
    changes: "Änderungen",
    system: "Der Dienst",
    key: "Ein API-Schlüssel",
    gone: "Jemand, der nicht mehr hier ist",
    acting: "Ein Administrator, als diese Person",
    kind: "Worum es ging",
    anything: "Alles",
    from: "Von",
    to: "Bis",
    filter: "Filtern",
    none: "Nichts gefunden",
    noneText: "Zu diesen Filtern ist nichts aufgezeichnet.",
    all: "Alles anzeigen",
    kinds: { user: "Personen", session: "Sitzungen", account: "Anmeldewege", passkey: "Passkeys" },
  },
});

const kinds = ["user", "session", "account", "passkey"] as const;
const dayMs = 24 * 3600 * 1000;

/** The start of a day in UTC, some days later; undefined for what isn't one. */
function startOf(day: string, later = 0): string | undefined {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(day) : Number.NaN;
  return Number.isNaN(at) ? undefined : new Date(at + later * dayMs).toISOString();
}

/** Who did what: to the platform, to one person, by one person, in one organization. */
export const history = () =>
  pageRoutes().get("/", async (c) => {
    const { page } = c.var;
    const t = page.say(messages);
    const { cursor, entityType = "", from = "", to = "", actorId, entityId, organizationId } = c.req.query();
    const fixed = { actorId, entityId, organizationId };
    const query = { ...fixed, entityType, from: startOf(from), to: startOf(to, 1), cursor };
    const asked = await attempt(page, () => page.api.get<WirePage<AuditEvent>>("/v1/admin/audit-events", query));
    const found = "done" in asked ? asked.done : { data: [], nextCursor: null };
    return show(
      c,
      { title: t.title, frame: AdminFrame, ...("failed" in asked ? { status: 422 } : {}) },
      <>
        <h1>{t.title}</h1>
        <p>{organizationId === undefined ? t.text : t.ofOrganization}</p>
        <form class="search" method="get" action="/admin/history">
          {Object.entries(fixed).map(([name, value]) =>
            value === undefined ? null : <input type="hidden" name={name} value={value} />,
          )}
          {organizationId === undefined ? (
            <select name="entityType" aria-label={t.kind}>
              <option value="">{t.anything}</option>
              {kinds.map((kind) => (
                <option value={kind} selected={kind === entityType}>
                  {t.kinds[kind]}
                </option>
              ))}
            </select>
          ) : null}
          <label>
            {t.from} <input type="date" name="from" value={from} />
          </label>
          <label>
            {t.to} <input type="date" name="to" value={to} />
          </label>
          <button type="submit">{t.filter}</button>
        </form>
        {"failed" in asked ? <Notice kind="bad">{asked.failed.message}</Notice> : null}
        {found.data.length === 0 ? (
          <Empty title={t.none}>
            <p>{t.noneText}</p>
            <p>
              <a href="/admin/history">{t.all}</a>
            </p>
          </Empty>
        ) : (
          <Rows
            caption={t.title}
            columns={[t.when, t.who, t.what, t.changes]}
            rows={found.data.map((event) => [
              <When page={page} at={event.createdAt} />,
              who(page, event),
              actionName(page, event.action),
              changes(page, event),
            ])}
          />
        )}
        <Pager
          page={page}
          next={found.nextCursor}
          first={cursor === undefined}
          query={{ ...fixed, entityType, from, to }}
        />
      </>,
    );
  });

function who(page: Page, { actor }: Event) {
  const t = page.say(messages);
  if (actor.type === "system") return t.system;
  const name = actor.name ?? (actor.type === "apiKey" ? t.key : t.gone);
  const shown = actor.type === "user" && actor.name ? <a href={`/admin/users/${actor.id}`}>{name}</a> : name;
  return actor.impersonatorId === null ? (
    shown
  ) : (
    <>
      {shown} <span class="tag">{t.acting}</span>
    </>
  );
}

const most = 80;

/** A value as it was stored; instants as people read them. */
function Value({ page, value }: { page: Page; value: unknown }) {
  if (value === null || value === undefined) return <>–</>;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return <When page={page} at={text} />;
  return <code>{text.length > most ? `${text.slice(0, most)}…` : text}</code>;
}

/** What changed, field by field, before and after. */
function changes(page: Page, { changes }: Event) {
  const fields = Object.entries(changes).filter(([name]) => !/(^id|Id|At)$/.test(name));
  if (fields.length === 0) return "";
  return (
    <ul class="plain">
      {fields.slice(0, 8).map(([name, { from, to }]) => (
        <li>
          <code>{name}</code>:{" "}
          {from === null || from === undefined ? null : (
            <>
              <Value page={page} value={from} /> →{" "}
            </>
          )}
          <Value page={page} value={to} />
        </li>
      ))}
    </ul>
  );
}
