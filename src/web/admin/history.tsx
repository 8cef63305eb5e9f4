/** @jsxImportSource hono/jsx */
import type { WirePage } from "../../http/page.ts";
import type { AuditEvent } from "../../modules/platform/audit-events/index.ts";
import { Changes, type Event, whoDid } from "../components/history.tsx";
import { Empty, Pager, Rows, When } from "../components/list.tsx";
import { Notice } from "../components/notice.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { show } from "../kit/show.tsx";
import { actionName } from "../messages/actions.ts";
import { AdminFrame } from "./frame.tsx";

const messages = inLanguages({
  en: {
    title: "History",
    text: "What was done to accounts, and what administrators did. What happened in an organization stands on its page.",
    ofOrganization: "What was done in this organization.",
    when: "When",
    who: "Who",
    what: "What",
    changes: "Changes",
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
              whoDid(page, event, pageOf(event)),
              actionName(page, event.action),
              <Changes page={page} event={event} />,
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

/** The page of a person who did something; nobody else has one. */
const pageOf = ({ actor }: Event): string | undefined =>
  actor.type !== "key" && actor.name ? `/admin/users/${actor.id}` : undefined;
