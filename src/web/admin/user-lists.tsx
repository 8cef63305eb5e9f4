/** @jsxImportSource hono/jsx */
import type { WirePage } from "../../http/page.ts";
import type { Membership, Session } from "../../modules/account/me/index.ts";
import { Empty, Pager, Rows, When } from "../components/list.tsx";
import { pageRoutes } from "../kit/env.ts";
import { inLanguages } from "../kit/languages.ts";
import { show } from "../kit/show.tsx";
import { roleNames } from "../messages/roles.ts";
import { AdminFrame } from "./frame.tsx";
import type { WireUser } from "./user-state.tsx";

const messages = inLanguages({
  en: {
    sessions: (name: string) => `Sessions of ${name}`,
    organizations: (name: string) => `Organizations of ${name}`,
    device: "Device",
    network: "Network",
    began: "Began",
    seen: "Last seen",
    unknown: "Unknown device",
    on: (browser: string, system: string) => `${browser} on ${system}`,
    organization: "Organization",
    roles: "Roles",
    joined: "Joined",
    noSessions: "Nobody is signed in",
    noSessionsText: "This person has no session that lasts.",
    none: "In no organization",
    noneText: "This person has founded none, and has accepted no invitation.",
    end: "End all sessions",
    back: (name: string) => `Back to ${name}`,
  },
  de: {
    sessions: (name: string) => `Sitzungen von ${name}`,
    organizations: (name: string) => `Organisationen von ${name}`,
    device: "Gerät",
    network: "Netz",
    began: "Begonnen",
    seen: "Zuletzt gesehen",
    unknown: "Unbekanntes Gerät",
    on: (browser: string, system: string) => `${browser} auf ${system}`,
    organization: "Organisation",
    roles: "Rollen",
    joined: "Beigetreten",
    noSessions: "Niemand ist angemeldet",
    noSessionsText: "Diese Person hat keine Sitzung, die noch gilt.",
    none: "In keiner Organisation",
    noneText: "Diese Person hat keine gegründet und keine Einladung angenommen.",
    end: "Alle Sitzungen beenden",
    back: (name: string) => `Zurück zu ${name}`,
  },
});

/** What there can be many of: a person's sessions and organizations. */
export const userLists = () =>
  pageRoutes()
    .get("/:id/sessions", async (c) => {
      const { page } = c.var;
      const t = page.say(messages);
      const cursor = c.req.query("cursor");
      const at = `/v1/admin/users/${encodeURIComponent(c.req.param("id"))}`;
      const [{ id, name, email }, sessions] = await Promise.all([
        page.api.get<WireUser>(at),
        page.api.get<WirePage<Session>>(`${at}/sessions`, { cursor }),
      ]);
      const title = t.sessions(name || email);
      const deviceName = ({ browser, system }: { browser: string | null; system: string | null }) =>
        browser && system ? t.on(browser, system) : (browser ?? system ?? t.unknown);
      return show(
        c,
        { title, frame: AdminFrame },
        <>
          <h1>{title}</h1>
          {sessions.data.length === 0 ? (
            <Empty title={t.noSessions}>
              <p>{t.noSessionsText}</p>
            </Empty>
          ) : (
            <>
              <Rows
                caption={title}
                columns={[t.device, t.network, t.began, t.seen]}
                rows={sessions.data.map((session) => [
                  deviceName(session.device),
                  session.addressRange ?? "–",
                  <When page={page} at={session.createdAt} />,
                  <When page={page} at={session.lastSeenAt} />,
                ])}
              />
              <p>
                <a class="button danger" href={`/admin/users/${id}/end-sessions`}>
                  {t.end}
                </a>
              </p>
            </>
          )}
          <Pager page={page} next={sessions.nextCursor} first={cursor === undefined} />
          <p>
            <a href={`/admin/users/${id}`}>{t.back(name || email)}</a>
          </p>
        </>,
      );
    })
    .get("/:id/organizations", async (c) => {
      const { page } = c.var;
      const t = page.say(messages);
      const cursor = c.req.query("cursor");
      const at = `/v1/admin/users/${encodeURIComponent(c.req.param("id"))}`;
      const [{ id, name, email }, memberships] = await Promise.all([
        page.api.get<WireUser>(at),
        page.api.get<WirePage<Membership>>(`${at}/organizations`, { cursor }),
      ]);
      const title = t.organizations(name || email);
      return show(
        c,
        { title, frame: AdminFrame },
        <>
          <h1>{title}</h1>
          {memberships.data.length === 0 ? (
            <Empty title={t.none}>
              <p>{t.noneText}</p>
            </Empty>
          ) : (
            <Rows
              caption={title}
              columns={[t.organization, t.roles, t.joined]}
              rows={memberships.data.map((row) => [
                <a href={`/admin/organizations/${row.id}`}>{row.name}</a>,
                roleNames(page, row.role),
                <When page={page} at={row.joinedAt} />,
              ])}
            />
          )}
          <Pager page={page} next={memberships.nextCursor} first={cursor === undefined} />
          <p>
            <a href={`/admin/users/${id}`}>{t.back(name || email)}</a>
          </p>
        </>,
      );
    });
