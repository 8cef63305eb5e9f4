/** @jsxImportSource hono/jsx */
import type { Page, WirePage } from "../../http/page.ts";
import type { User } from "../../modules/platform/admin/index.ts";
import { Empty, Pager, Rows, Search, When } from "../components/list.tsx";
import { Notice } from "../components/notice.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { show } from "../kit/show.tsx";
import { common } from "../messages/common.ts";
import { AdminFrame } from "./frame.tsx";
import { stateOf } from "./user-state.tsx";

const messages = inLanguages({
  en: {
    title: "People",
    search: "Name or address",
    which: "Which people",
    all: "Everybody",
    banned: "Banned",
    admins: "Administrators",
    byAccount: "Find somebody by their account at a provider",
    provider: "Provider",
    accountId: "Their id there",
    name: "Name",
    address: "Address",
    state: "State",
    since: "Since",
    none: "Nobody found",
    noneText: "Try a part of the name or of the address, or look at everybody.",
    everybody: "Show everybody",
  },
  de: {
    title: "Personen",
    search: "Name oder Adresse",
    which: "Welche Personen",
    all: "Alle",
    banned: "Gesperrte",
    admins: "Administratoren",
    byAccount: "Jemanden über das Konto bei einem Anbieter finden",
    provider: "Anbieter",
    accountId: "Kennung dort",
    name: "Name",
    address: "Adresse",
    state: "Zustand",
    since: "Seit",
    none: "Niemand gefunden",
    noneText: "Versuchen Sie einen Teil des Namens oder der Adresse, oder sehen Sie alle an.",
    everybody: "Alle anzeigen",
  },
});

const filters = { all: {}, banned: { banned: "true" }, admins: { role: "admin" } } as const;
type Filter = keyof typeof filters;

/** Everybody who has an account. */
export const users = () =>
  pageRoutes().get("/", async (c) => {
    const { page } = c.var;
    const { q = "", cursor, state = "all", provider = "", accountId = "" } = c.req.query();
    const t = page.say(messages);
    const filter: Filter = Object.hasOwn(filters, state) ? (state as Filter) : "all";
    const query = { q: q.trim().slice(0, 120), provider, accountId, ...filters[filter] };
    const asked = await attempt(page, () => page.api.get<WirePage<User>>("/v1/admin/users", { ...query, cursor }));
    const found = "done" in asked ? asked.done : { data: [], nextCursor: null };
    return show(
      c,
      { title: t.title, frame: AdminFrame, ...("failed" in asked ? { status: 422 } : {}) },
      <>
        <h1>{t.title}</h1>
        <Search page={page} q={q} label={t.search}>
          <select name="state" aria-label={t.which}>
            {(["all", "banned", "admins"] as const).map((each) => (
              <option value={each} selected={each === filter}>
                {t[each]}
              </option>
            ))}
          </select>
        </Search>
        <ByAccount page={page} provider={provider} accountId={accountId} />
        {"failed" in asked ? <Notice kind="bad">{asked.failed.message}</Notice> : null}
        {found.data.length === 0 ? (
          <Empty title={t.none}>
            <p>{t.noneText}</p>
            <p>
              <a href="/admin/users">{t.everybody}</a>
            </p>
          </Empty>
        ) : (
          <Rows
            caption={t.title}
            columns={[t.name, t.address, t.state, t.since]}
            rows={found.data.map((user) => [
              <a href={`/admin/users/${user.id}`}>{user.name || user.email}</a>,
              user.email,
              stateOf(page, user),
              <When page={page} at={user.createdAt} />,
            ])}
          />
        )}
        <Pager
          page={page}
          next={found.nextCursor}
          first={cursor === undefined}
          query={{ q, state, provider, accountId }}
        />
      </>,
    );
  });

/** Finds who somebody is that a provider knows by an id. */
function ByAccount({ page, provider, accountId }: { page: Page; provider: string; accountId: string }) {
  const t = page.say(messages);
  return (
    <details open={provider !== "" || accountId !== ""}>
      <summary>{t.byAccount}</summary>
      <form class="search" method="get" action="/admin/users">
        <input name="provider" value={provider} aria-label={t.provider} placeholder={t.provider} maxlength={64} />
        <input name="accountId" value={accountId} aria-label={t.accountId} placeholder={t.accountId} maxlength={255} />
        <button type="submit">{page.say(common).search}</button>
      </form>
    </details>
  );
}
