/** @jsxImportSource hono/jsx */
import type { WirePage } from "../../../http/page.ts";
import type { ApiKey } from "../../../modules/machine/api-keys/index.ts";
import { Empty, Pager, Rows, Search, When } from "../../components/list.tsx";
import { pageRoutes } from "../../kit/env.ts";
import { organizationOf } from "../../kit/organization.ts";
import { show } from "../../kit/show.tsx";
import { ConsoleFrame } from "../frame.tsx";
import { nameOf, placeOf, stateOf } from "./key.tsx";
import { messages } from "./messages.ts";

/** The organization's API keys, newest first. */
export const keyList = () =>
  pageRoutes().get("/", async (c) => {
    const { page } = c.var;
    const t = page.say(messages);
    const { q, cursor } = c.req.query();
    const query = { limit: 20, q, cursor };
    const { data, nextCursor } = await page.api.get<WirePage<ApiKey>>(organizationOf(page).api("/api-keys"), query);
    const searched = (q ?? "") !== "";
    return show(
      c,
      { title: t.title, frame: ConsoleFrame, live: true },
      <>
        <div class="heading">
          <h1>{t.title}</h1>
          {page.may("apiKey:create") ? (
            <a class="button primary" href={placeOf(page, "/new")}>
              {t.add}
            </a>
          ) : null}
        </div>
        {data.length > 0 || searched ? <Search page={page} q={q ?? ""} label={t.search} /> : null}
        {data.length > 0 ? (
          <Rows
            caption={t.title}
            columns={[t.name, t.start, t.lastUsed, t.expires, t.state]}
            rows={data.map((key) => [
              <a href={placeOf(page, `/${key.id}`)}>{nameOf(page, key)}</a>,
              <code data-changing>{key.start}</code>,
              <When page={page} at={key.lastUsedAt} empty={t.never} />,
              <When page={page} at={key.expiresAt} empty={t.never} />,
              t.states[stateOf(page, key)],
            ])}
          />
        ) : searched ? (
          <Empty title={t.nothingTitle}>
            <p>{t.nothing}</p>
            <p>
              <a href={page.path}>{t.all}</a>
            </p>
          </Empty>
        ) : (
          <Empty title={t.noneTitle}>
            <p>{t.none}</p>
          </Empty>
        )}
        <Pager page={page} next={nextCursor} query={{ q }} first={cursor === undefined} />
      </>,
    );
  });
