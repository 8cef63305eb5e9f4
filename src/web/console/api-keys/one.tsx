/** @jsxImportSource hono/jsx */
import type { Page, Wire } from "../../../http/page.ts";
import type { Usage } from "../../../modules/machine/api-keys/index.ts";
import { Rows, When } from "../../components/list.tsx";
import { pageRoutes } from "../../kit/env.ts";
import { localeOf } from "../../kit/languages.ts";
import { leave } from "../../kit/leave.ts";
import { organizationOf } from "../../kit/organization.ts";
import { show } from "../../kit/show.tsx";
import { byResource, permissionLabel } from "../../messages/permissions.ts";
import { ConsoleFrame } from "../frame.tsx";
import { type Key, nameOf, placeOf, spanLabel, stateOf } from "./key.tsx";
import { messages } from "./messages.ts";

/** One API key: what it may do, how far it goes, how it was used. */
export const oneKey = () =>
  pageRoutes()
    .get("/:id", async (c) => {
      const { page } = c.var;
      const t = page.say(messages);
      const at = organizationOf(page).api(`/api-keys/${c.req.param("id")}`);
      const [key, usage] = await Promise.all([page.api.get<Key>(at), page.api.get<Wire<Usage>>(`${at}/usage`)]);
      return show(
        c,
        { title: nameOf(page, key), frame: ConsoleFrame },
        <>
          <h1>{nameOf(page, key)}</h1>
          <About page={page} row={key} />
          <Steps page={page} row={key} />
          <h2>{t.usage}</h2>
          {usage.data.length === 0 ? (
            <p>{t.unused}</p>
          ) : (
            <Rows
              caption={t.usage}
              columns={[t.usageDay, t.usageCount]}
              rows={usage.data.map(({ day, count }) => [t.day(dayLabel(page, day)), String(count)])}
            />
          )}
        </>,
      );
    })
    .post("/:id/:to{enable|disable}", async (c) => {
      const { page } = c.var;
      const { id, to } = c.req.param();
      const enabled = to === "enable";
      await page.api.send("PATCH", organizationOf(page).api(`/api-keys/${id}`), { enabled });
      const t = page.say(messages);
      return leave(c, placeOf(page, `/${id}`), enabled ? t.enabled : t.disabled);
    });

const dayLabel = ({ language }: Page, day: string): string =>
  new Intl.DateTimeFormat(localeOf(language), { dateStyle: "medium", timeZone: "UTC" }).format(new Date(day));

/** What a key may do, in one line: `Projects: See; Tasks: See, Create`. */
const allowedBy = (page: Page, { permissions }: Key): string =>
  byResource(
    page,
    permissions.map((permission) => ({ permission })),
  )
    .map(([resource, rows]) => `${resource}: ${rows.map((row) => permissionLabel(page, row.permission)).join(", ")}`)
    .join("; ");

function About({ page, row }: { page: Page; row: Key }) {
  const t = page.say(messages);
  const number = new Intl.NumberFormat(localeOf(page.language));
  const per = (count: number, ms: number) => t.perTime(number.format(count), spanLabel(page, ms));
  return (
    <dl>
      <dt>{t.state}</dt>
      <dd>{t.states[stateOf(page, row)]}</dd>
      <dt>{t.start}</dt>
      <dd>
        <code data-changing>{row.start}</code>
      </dd>
      <dt>{t.permissions}</dt>
      <dd>{allowedBy(page, row) || t.nothingAllowed}</dd>
      <dt>{t.created}</dt>
      <dd>
        <When page={page} at={row.createdAt} />
      </dd>
      <dt>{t.lastUsed}</dt>
      <dd>
        <When page={page} at={row.lastUsedAt} empty={t.never} />
      </dd>
      <dt>{t.expires}</dt>
      <dd>
        <When page={page} at={row.expiresAt} empty={t.never} />
      </dd>
      {row.previousKeyExpiresAt !== null && Date.parse(row.previousKeyExpiresAt) > page.now.getTime() ? (
        <>
          <dt>{t.previous}</dt>
          <dd>
            <When page={page} at={row.previousKeyExpiresAt} />
          </dd>
        </>
      ) : null}
      {row.remaining === null ? null : (
        <>
          <dt>{t.remaining}</dt>
          <dd>{number.format(row.remaining)}</dd>
        </>
      )}
      {row.refill === null ? null : (
        <>
          <dt>{t.refill}</dt>
          <dd>{per(row.refill.amount, row.refill.intervalMs)}</dd>
        </>
      )}
      {row.rateLimit === null ? null : (
        <>
          <dt>{t.rate}</dt>
          <dd>{per(row.rateLimit.limit, row.rateLimit.windowMs)}</dd>
        </>
      )}
    </dl>
  );
}

function Steps({ page, row }: { page: Page; row: Key }) {
  const t = page.say(messages);
  const here = placeOf(page, `/${row.id}`);
  return (
    <div class="buttons">
      {page.may("apiKey:update") ? (
        <>
          <a class="button" href={`${here}/edit`}>
            {t.edit}
          </a>
          <a class="button" href={`${here}/rotate`}>
            {t.rotate}
          </a>
          <form method="post" action={`${here}/${row.enabled ? "disable" : "enable"}`} data-once>
            <button type="submit">{row.enabled ? t.disable : t.enable}</button>
          </form>
        </>
      ) : null}
      {page.may("apiKey:delete") ? (
        <a class="button danger" href={`${here}/delete`}>
          {t.delete}
        </a>
      ) : null}
    </div>
  );
}
