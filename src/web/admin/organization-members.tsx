/** @jsxImportSource hono/jsx */
import type { Wire, WirePage } from "../../http/page.ts";
import type { Member } from "../../modules/organization/members/index.ts";
import type { Organization } from "../../modules/organization/organizations/index.ts";
import { Empty, Pager, Rows, Search, When } from "../components/list.tsx";
import { pageRoutes } from "../kit/env.ts";
import { show } from "../kit/show.tsx";
import { roleNames } from "../messages/roles.ts";
import { AdminFrame } from "./frame.tsx";
import { messages } from "./organization-messages.ts";

/** Who is in an organization. */
export const organizationMembers = () =>
  pageRoutes().get("/:id/members", async (c) => {
    const { page } = c.var;
    const t = page.say(messages);
    const { q = "", cursor } = c.req.query();
    const at = `/v1/admin/orgs/${encodeURIComponent(c.req.param("id"))}`;
    const [{ id, name }, members] = await Promise.all([
      page.api.get<Wire<Organization>>(at),
      page.api.get<WirePage<Member>>(`${at}/members`, { q: q.trim().slice(0, 120), cursor }),
    ]);
    const title = t.membersOf(name);
    return show(
      c,
      { title, frame: AdminFrame },
      <>
        <h1>{title}</h1>
        <Search page={page} q={q} label={t.search} />
        {members.data.length === 0 ? (
          <Empty title={t.none}>
            <p>{t.noneText}</p>
          </Empty>
        ) : (
          <Rows
            caption={title}
            columns={[t.name, t.address, t.roles, t.joined]}
            rows={members.data.map(({ user, role, createdAt }) => [
              <a href={`/admin/users/${user.id}`}>{user.name || user.email}</a>,
              user.email,
              roleNames(page, role),
              <When page={page} at={createdAt} />,
            ])}
          />
        )}
        <Pager page={page} next={members.nextCursor} first={cursor === undefined} query={{ q }} />
        <p>
          <a href={`/admin/organizations/${id}`}>{t.back(name)}</a>
        </p>
      </>,
    );
  });
