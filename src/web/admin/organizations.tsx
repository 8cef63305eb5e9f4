/** @jsxImportSource hono/jsx */
import type { WirePage } from "../../http/page.ts";
import type { OrganizationSummary } from "../../modules/organization/organizations/index.ts";
import { Empty, Pager, Rows, Search, When } from "../components/list.tsx";
import { pageRoutes } from "../kit/env.ts";
import { inLanguages, localeOf } from "../kit/languages.ts";
import { show } from "../kit/show.tsx";
import { AdminFrame } from "./frame.tsx";

const messages = inLanguages({
  en: {
    title: "Organizations",
    search: "Name or address",
    name: "Name",
    slug: "Address",
    members: "Members",
    since: "Since",
    none: "No organization found",
    noneText: "Organizations are founded by people who are signed in. Try a part of the name or of the address.",
    all: "Show all",
  },
  de: {
    title: "Organisationen",
    search: "Name oder Adresse",
    name: "Name",
    slug: "Adresse",
    members: "Mitglieder",
    since: "Seit",
    none: "Keine Organisation gefunden",
    noneText:
      "Organisationen werden von angemeldeten Personen gegründet. Versuchen Sie einen Teil des Namens oder der Adresse.",
    all: "Alle anzeigen",
  },
});

/** Every organization of the platform. */
export const organizations = () =>
  pageRoutes().get("/", async (c) => {
    const { page } = c.var;
    const { q = "", cursor } = c.req.query();
    const t = page.say(messages);
    const found = await page.api.get<WirePage<OrganizationSummary>>("/v1/admin/orgs", {
      q: q.trim().slice(0, 120),
      cursor,
    });
    const counted = new Intl.NumberFormat(localeOf(page.language));
    return show(
      c,
      { title: t.title, frame: AdminFrame },
      <>
        <h1>{t.title}</h1>
        <Search page={page} q={q} label={t.search} />
        {found.data.length === 0 ? (
          <Empty title={t.none}>
            <p>{t.noneText}</p>
            <p>
              <a href="/admin/organizations">{t.all}</a>
            </p>
          </Empty>
        ) : (
          <Rows
            caption={t.title}
            columns={[t.name, t.slug, t.members, t.since]}
            rows={found.data.map(({ id, name, slug, members, createdAt }) => [
              <a href={`/admin/organizations/${id}`}>{name}</a>,
              slug,
              counted.format(members),
              <When page={page} at={createdAt} />,
            ])}
          />
        )}
        <Pager page={page} next={found.nextCursor} first={cursor === undefined} query={{ q }} />
      </>,
    );
  });
