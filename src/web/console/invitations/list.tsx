/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { Page, PageEnv, Wire, WirePage } from "../../../http/page.ts";
import type { SentInvitation } from "../../../modules/organization/invitations/index.ts";
import { Empty, Pager, Rows, Search, When } from "../../components/list.tsx";
import { Notice } from "../../components/notice.tsx";
import { pageRoutes } from "../../kit/env.ts";
import { attempt, type Failed } from "../../kit/forms.ts";
import { leave } from "../../kit/leave.ts";
import { organizationOf } from "../../kit/organization.ts";
import { show } from "../../kit/show.tsx";
import { ConsoleFrame } from "../frame.tsx";
import { rolesLabel } from "../roles/names.ts";
import { messages } from "./messages.ts";

type Invitation = Wire<SentInvitation>;

const statuses = ["pending", "accepted", "rejected", "canceled"] as const;

/** Who has been invited: the open invitations, others by their state. */
export const invitationList = () =>
  pageRoutes()
    .get("/", (c) => showInvitations(c, null))
    .post("/:id/resend", async (c) => {
      const { page } = c.var;
      const path = organizationOf(page).api(`/invitations/${c.req.param("id")}/resend`);
      const tried = await attempt(page, () => page.api.send<Invitation>("POST", path));
      if ("failed" in tried) return showInvitations(c, tried.failed);
      return leave(c, placeOf(page), page.say(messages).resent(tried.done.email));
    });

/** Where the list is. */
export const placeOf = (page: Page): string => organizationOf(page).at("/invitations");

async function showInvitations(c: Context<PageEnv>, failed: Failed | null): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { q, status = "pending", cursor } = c.req.query();
  const { data, nextCursor } = await page.api.get<WirePage<SentInvitation>>(organizationOf(page).api("/invitations"), {
    limit: 20,
    q,
    status: status === "all" ? undefined : status,
    cursor,
  });
  const base = placeOf(page);
  const filtered = (q ?? "") !== "" || status !== "pending";
  return show(
    c,
    { title: t.title, status: failed?.status ?? 200, frame: ConsoleFrame, live: failed === null },
    <>
      <div class="heading">
        <h1>{t.title}</h1>
        {page.may("invitation:create") ? (
          <a class="button primary" href={`${base}/new`}>
            {t.invite}
          </a>
        ) : null}
      </div>
      {failed === null ? null : <Notice kind="bad">{failed.message}</Notice>}
      <Search page={{ ...page, path: base }} q={q ?? ""} label={t.search}>
        <select name="status" aria-label={t.status}>
          {statuses.map((each) => (
            <option value={each} selected={each === status}>
              {t.statuses[each]}
            </option>
          ))}
          <option value="all" selected={status === "all"}>
            {t.every}
          </option>
        </select>
      </Search>
      {data.length > 0 ? (
        <Rows
          caption={t.title}
          columns={[t.email, t.roles, t.by, status === "pending" ? t.until : t.status, ""]}
          rows={data.map((row) => [
            row.email,
            rolesLabel(page, row.role),
            row.inviter.name,
            <State page={page} row={row} />,
            row.status === "pending" ? <Actions page={page} row={row} base={base} /> : null,
          ])}
        />
      ) : filtered ? (
        <Empty title={t.nothingTitle}>
          <p>{t.nothing}</p>
          <p>
            <a href={base}>{t.all}</a>
          </p>
        </Empty>
      ) : (
        <Empty title={t.noneTitle}>
          <p>{t.none}</p>
        </Empty>
      )}
      <Pager page={{ ...page, path: base }} next={nextCursor} query={{ q, status }} first={cursor === undefined} />
    </>,
  );
}

function State({ page, row: { status, expiresAt } }: { page: Page; row: Invitation }) {
  const t = page.say(messages);
  if (status !== "pending") return <>{t.statuses[status]}</>;
  if (Date.parse(expiresAt) <= page.now.getTime()) return <span class="tag">{t.expired}</span>;
  return <When page={page} at={expiresAt} />;
}

function Actions({ page, row: { id, email }, base }: { page: Page; row: Invitation; base: string }) {
  const t = page.say(messages);
  return (
    <>
      {page.may("invitation:create") ? (
        <form method="post" action={`${base}/${id}/resend`} data-once>
          <button class="quiet" type="submit" aria-label={t.resendTo(email)}>
            {t.resend}
          </button>
        </form>
      ) : null}{" "}
      {page.may("invitation:cancel") ? (
        <a href={`${base}/${id}/delete`} aria-label={t.withdrawFor(email)}>
          {t.withdraw}
        </a>
      ) : null}
    </>
  );
}
