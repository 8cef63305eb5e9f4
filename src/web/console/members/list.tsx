/** @jsxImportSource hono/jsx */
import type { WirePage } from "../../../http/page.ts";
import type { Member } from "../../../modules/organization/members/index.ts";
import { Empty, Pager, Rows, Search, When } from "../../components/list.tsx";
import { pageRoutes } from "../../kit/env.ts";
import { organizationOf } from "../../kit/organization.ts";
import { show } from "../../kit/show.tsx";
import { ConsoleFrame } from "../frame.tsx";
import { rolesFor } from "../roles/givable.ts";
import { roleLabel, rolesLabel } from "../roles/names.ts";
import { messages } from "./messages.ts";

/** Who is in the organization. */
export const memberList = () =>
  pageRoutes().get("/", async (c) => {
    const { page } = c.var;
    const t = page.say(messages);
    const { q, role, cursor } = c.req.query();
    const [{ data, nextCursor }, roles] = await Promise.all([
      page.api.get<WirePage<Member>>(organizationOf(page).api("/members"), { limit: 20, q, role, cursor }),
      rolesFor(page),
    ]);
    const base = organizationOf(page).at();
    return show(
      c,
      { title: t.title, frame: ConsoleFrame, live: true },
      <>
        <div class="heading">
          <h1>{t.title}</h1>
          {page.may("invitation:create") ? (
            <a class="button primary" href={`${base}/invitations/new`}>
              {t.invite}
            </a>
          ) : null}
        </div>
        <Search page={page} q={q ?? ""} label={t.search}>
          {roles.length === 0 ? null : (
            <select name="role" aria-label={t.role}>
              <option value="">{t.everyRole}</option>
              {roles.map(({ name }) => (
                <option value={name} selected={name === role}>
                  {roleLabel(page, name)}
                </option>
              ))}
            </select>
          )}
        </Search>
        {data.length === 0 ? (
          <Empty title={t.noneTitle}>
            <p>{t.none}</p>
            <p>
              <a href={page.path}>{t.all}</a>
            </p>
          </Empty>
        ) : (
          <Rows
            caption={t.title}
            columns={[t.name, t.email, t.roles, t.since]}
            rows={data.map(({ id, userId, user, role, createdAt }) => [
              <>
                <a href={`${base}/members/${id}`}>{user.name || user.email}</a>{" "}
                {userId === page.viewer?.id ? <span class="tag">{t.you}</span> : null}
              </>,
              user.email,
              rolesLabel(page, role),
              <When page={page} at={createdAt} />,
            ])}
          />
        )}
        <Pager page={page} next={nextCursor} query={{ q, role }} first={cursor === undefined} />
      </>,
    );
  });
