/** @jsxImportSource hono/jsx */
import type { PageEnv, Wire } from "../../http/page.ts";
import type { Context } from "hono";
import type { Activity, Dashboard } from "../../modules/account/activity/index.ts";
import { Empty, Rows } from "../components/list.tsx";
import { pageRoutes } from "../kit/env.ts";
import { inLanguages, localeOf } from "../kit/languages.ts";
import { show } from "../kit/show.tsx";
import { actionName } from "../messages/actions.ts";
import { AccountFrame } from "./frame.tsx";

const messages = inLanguages({
  en: {
    title: "Activity",
    intro: "What you did in your organizations, as their records have it.",
    organizations: "Organizations",
    sessions: "Devices signed in",
    today: "Done today",
    show: "Show",
    period: "Period",
    days: (n: string) => `the last ${n} days`,
    day: "Day",
    what: "What",
    times: "Times",
    none: "Nothing in these days",
    noneText: "What you create, change or delete in an organization is counted here.",
  },
  de: {
    title: "Aktivität",
    intro: "Was Sie in Ihren Organisationen getan haben, nach deren Aufzeichnungen.",
    organizations: "Organisationen",
    sessions: "Angemeldete Geräte",
    today: "Heute getan",
    show: "Anzeigen",
    period: "Zeitraum",
    days: (n: string) => `die letzten ${n} Tage`,
    day: "Tag",
    what: "Was",
    times: "Wie oft",
    none: "In diesen Tagen nichts",
    noneText: "Hier wird gezählt, was Sie in einer Organisation anlegen, ändern oder löschen.",
  },
});

const periods = ["7", "30", "90"];

/** What somebody did of late, counted by day. */
export const activity = () => pageRoutes().get("/", (c) => showActivity(c));

async function showActivity(c: Context<PageEnv>): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const asked = c.req.query("days") ?? "";
  const days = periods.includes(asked) ? asked : "30";
  const [{ data }, numbers] = await Promise.all([
    page.api.get<Wire<Activity>>("/v1/me/activity", { days }),
    page.api.get<Wire<Dashboard>>("/v1/me/dashboard"),
  ]);
  const dayName = new Intl.DateTimeFormat(localeOf(page.language), { dateStyle: "medium", timeZone: "UTC" });
  return show(
    c,
    { title: t.title, frame: AccountFrame },
    <>
      <h1>{t.title}</h1>
      <p>{t.intro}</p>
      <dl>
        <dt>{t.organizations}</dt>
        <dd>{numbers.organizations}</dd>
        <dt>{t.sessions}</dt>
        <dd>{numbers.sessions}</dd>
        <dt>{t.today}</dt>
        <dd>{numbers.activity.today}</dd>
      </dl>
      <form class="search" method="get">
        <select name="days" aria-label={t.period}>
          {periods.map((value) => (
            <option value={value} selected={value === days}>
              {t.days(value)}
            </option>
          ))}
        </select>
        <button type="submit">{t.show}</button>
      </form>
      {data.length === 0 ? (
        <Empty title={t.none}>
          <p>{t.noneText}</p>
        </Empty>
      ) : (
        <Rows
          caption={t.title}
          columns={[t.day, t.what, t.times]}
          rows={data.map(({ day, action, count }) => [
            <time datetime={day}>{dayName.format(new Date(day))}</time>,
            actionName(page, action),
            count,
          ])}
        />
      )}
    </>,
  );
}
