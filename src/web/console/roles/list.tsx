/** @jsxImportSource hono/jsx */
import type { Page, WirePage } from "../../../http/page.ts";
import type { Role } from "../../../modules/organization/roles/index.ts";
import { Empty, Pager, Rows, Search } from "../../components/list.tsx";
import { pageRoutes } from "../../kit/env.ts";
import { organizationOf } from "../../kit/organization.ts";
import { show } from "../../kit/show.tsx";
import { ConsoleFrame } from "../frame.tsx";
import { messages } from "./messages.ts";
import { roleDescription, roleLabel } from "./names.ts";

/** The path of a new role. No role can be called so. */
export const newRolePath = "/-new";

/** Where a page about roles is. */
export const placeOf = (page: Page, path = ""): string => organizationOf(page).at(`/roles${path}`);

/** The roles that members can have: the built-in ones, then the organization's own. */
export const roleList = () =>
  pageRoutes().get("/", async (c) => {
    const { page } = c.var;
    const t = page.say(messages);
    const { q, cursor } = c.req.query();
    const query = { limit: 20, q, cursor };
    const { data, nextCursor } = await page.api.get<WirePage<Role>>(organizationOf(page).api("/roles"), query);
    return show(
      c,
      { title: t.title, frame: ConsoleFrame },
      <>
        <div class="heading">
          <h1>{t.title}</h1>
          {page.may("role:create") ? (
            <a class="button primary" href={placeOf(page, newRolePath)}>
              {t.add}
            </a>
          ) : null}
        </div>
        <Search page={page} q={q ?? ""} label={t.search} />
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
            columns={[t.name, t.description]}
            rows={data.map((role) => [
              <>
                <a href={placeOf(page, `/${role.name}`)}>{roleLabel(page, role.name)}</a>{" "}
                {role.builtIn ? <span class="tag">{t.builtIn}</span> : null}
              </>,
              roleDescription(page, role),
            ])}
          />
        )}
        <Pager page={page} next={nextCursor} query={{ q }} first={cursor === undefined} />
      </>,
    );
  });
