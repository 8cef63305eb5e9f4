/** @jsxImportSource hono/jsx */
import type { Wire } from "../../http/page.ts";
import type { Health } from "../../modules/platform/health/index.ts";
import { Notice } from "../components/notice.tsx";
import { pageRoutes } from "../kit/env.ts";
import { inLanguages, localeOf } from "../kit/languages.ts";
import { show } from "../kit/show.tsx";
import { common } from "../messages/common.ts";
import { AdminFrame } from "./frame.tsx";

const messages = inLanguages({
  en: {
    good: "The service is doing well.",
    bad: "Something needs your attention.",
    health: "How this process is doing",
    replicas: "Each replica has its own figures. Load the page again to see another one's.",
    database: "Database",
    embedded: "Embedded (PGlite)",
    connections: "Connections",
    used: (used: string, most: string) => `${used} of ${most} in use`,
    waiting: (n: string) => `${n} requests wait for one.`,
    migrations: "Migrations",
    applied: (n: string) => `${n} applied`,
    pending: (n: string) => `${n} aren't applied yet. Run: db migrate`,
    verification: "Verification",
    trusted: (n: string) => `Hears of every change; ${n} credentials in memory`,
    deaf: "Doesn't hear of changes, so every request asks the database. See to its connection for notifications.",
    mail: "Mail",
    sent: "Sent by SMTP",
    uptime: "Running for",
  },
  de: {
    good: "Dem Dienst geht es gut.",
    bad: "Etwas braucht Ihre Aufmerksamkeit.",
    health: "Zustand dieses Prozesses",
    replicas: "Jede Replik hat ihre eigenen Zahlen. Laden Sie die Seite neu, um die einer anderen zu sehen.",
    database: "Datenbank",
    embedded: "Eingebettet (PGlite)",
    connections: "Verbindungen",
    used: (used: string, most: string) => `${used} von ${most} in Gebrauch`,
    waiting: (n: string) => `${n} Anfragen warten auf eine.`,
    migrations: "Migrationen",
    applied: (n: string) => `${n} angewendet`,
    pending: (n: string) => `${n} sind noch nicht angewendet. Führen Sie aus: db migrate`,
    verification: "Prüfung",
    trusted: (n: string) => `Hört von jeder Änderung; ${n} Nachweise im Speicher`,
    deaf: "Hört nicht von Änderungen, daher fragt jede Anfrage die Datenbank. Prüfen Sie deren Verbindung für Benachrichtigungen.",
    mail: "E-Mail",
    sent: "Wird per SMTP versandt",
    uptime: "Läuft seit",
  },
});

/** How the service is doing, in words. */
export const overview = () =>
  pageRoutes().get("/", async (c) => {
    const { page } = c.var;
    const t = page.say(messages);
    const title = page.say(common).administration;
    const { database, pool, migrations, verification, mail, uptimeSeconds } =
      await page.api.get<Wire<Health>>("/v1/admin/health");
    const counted = new Intl.NumberFormat(localeOf(page.language));
    const pending = migrations.pending.length;
    const good = verification.trusted && pending === 0 && pool.waiting === 0 && mail.fault === null;
    return show(
      c,
      { title, frame: AdminFrame },
      <>
        <h1>{title}</h1>
        <Notice kind={good ? "good" : "bad"}>{good ? t.good : t.bad}</Notice>
        <h2>{t.health}</h2>
        <dl>
          <dt>{t.database}</dt>
          <dd>{database.kind === "pglite" ? t.embedded : <span lang="en">PostgreSQL</span>}</dd>
          <dt>{t.connections}</dt>
          <dd data-changing>
            {t.used(counted.format(pool.total - pool.idle), counted.format(pool.max))}
            {pool.waiting === 0 ? null : <> {t.waiting(counted.format(pool.waiting))}</>}
          </dd>
          <dt>{t.migrations}</dt>
          <dd data-changing>
            {pending === 0 ? t.applied(counted.format(migrations.applied)) : t.pending(counted.format(pending))}
          </dd>
          <dt>{t.verification}</dt>
          <dd data-changing>{verification.trusted ? t.trusted(counted.format(verification.kept)) : t.deaf}</dd>
          {mail.by === "files" ? null : (
            <>
              <dt>{t.mail}</dt>
              <dd data-changing>{mail.fault === null ? t.sent : <span lang="en">{mail.fault}</span>}</dd>
            </>
          )}
          <dt>{t.uptime}</dt>
          <dd data-changing>{duration(page.language, uptimeSeconds)}</dd>
        </dl>
        <p class="faint">{t.replicas}</p>
      </>,
    );
  });

const units = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/** A length of time in its largest whole unit: `3 days`. */
function duration(language: Parameters<typeof localeOf>[0], seconds: number): string {
  const [unit, length] = units.find(([, each]) => seconds >= each) ?? units[3];
  const shown = new Intl.NumberFormat(localeOf(language), { style: "unit", unit, unitDisplay: "long" });
  const said = shown.format(Math.floor(seconds / length));
  return language === "xx" ? `⟦${said}⟧` : said;
}
