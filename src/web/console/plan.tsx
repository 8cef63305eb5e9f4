/** @jsxImportSource hono/jsx */
import { ApiFailure, type Wire } from "../../http/page.ts";
import type { Entitlements } from "../../modules/organization/entitlements/index.ts";
import type { Subscription } from "../../modules/billing/subscription/index.ts";
import { When } from "../components/list.tsx";
import { pageRoutes } from "../kit/env.ts";
import { inLanguages } from "../kit/languages.ts";
import { organizationOf } from "../kit/organization.ts";
import { show } from "../kit/show.tsx";
import { common } from "../messages/common.ts";
import { ConsoleFrame } from "./frame.tsx";

const messages = inLanguages({
  en: {
    title: "Plan",
    plan: "Plan",
    status: "Status",
    statuses: { trialing: "On trial", active: "Active", past_due: "Payment is due", canceled: "Ended" },
    trial: "Trial ends",
    period: "Period ends",
    renews: "Renews by itself",
    modules: "Modules",
    modulesText: "What your organization may use beside what everybody has.",
    none: "Nothing beside it.",
    granted: "Yours",
    locked: "Not yours",
  },
  de: {
    title: "Tarif",
    plan: "Tarif",
    status: "Status",
    statuses: { trialing: "Probezeit", active: "Aktiv", past_due: "Zahlung offen", canceled: "Beendet" },
    trial: "Probezeit endet",
    period: "Zeitraum endet",
    renews: "Verlängert sich",
    modules: "Module",
    modulesText: "Was Ihre Organisation außer dem nutzen darf, was alle haben.",
    none: "Nichts darüber hinaus.",
    granted: "Vorhanden",
    locked: "Nicht vorhanden",
  },
});

type Plan = Wire<Subscription>;
type Modules = Wire<Entitlements>;

/** What the organization pays for, and what it may use for that. */
export const plan = () =>
  pageRoutes().get("/", async (c) => {
    const { page } = c.var;
    const t = page.say(messages);
    const { yes, no } = page.say(common);
    const { api } = organizationOf(page);
    if (!page.may("subscription:read") && !page.may("entitlement:read")) throw new ApiFailure(403, "forbidden", "");
    const [subscription, modules] = await Promise.all([
      page.may("subscription:read") ? page.api.get<Plan>(api("/subscription")) : null,
      page.may("entitlement:read") ? page.api.get<Modules>(api("/entitlements")) : null,
    ]);
    const beyond = modules?.modules.filter(({ tier }) => tier !== "standard") ?? [];
    return show(
      c,
      { title: t.title, frame: ConsoleFrame },
      <>
        <h1>{t.title}</h1>
        {subscription === null ? null : (
          <dl>
            <dt>{t.plan}</dt>
            <dd>
              <code>{subscription.plan}</code>
            </dd>
            <dt>{t.status}</dt>
            <dd>{t.statuses[subscription.status]}</dd>
            {subscription.trialEndsAt === null ? null : (
              <>
                <dt>{t.trial}</dt>
                <dd>
                  <When page={page} at={subscription.trialEndsAt} />
                </dd>
              </>
            )}
            <dt>{t.period}</dt>
            <dd>
              <When page={page} at={subscription.currentPeriodEnd} />
            </dd>
            <dt>{t.renews}</dt>
            <dd>{subscription.cancelAtPeriodEnd ? no : yes}</dd>
          </dl>
        )}
        {modules === null ? null : (
          <>
            <h2>{t.modules}</h2>
            <p>{t.modulesText}</p>
            {beyond.length === 0 ? <p>{t.none}</p> : null}
            <dl>
              {beyond.map(({ name, granted }) => (
                <>
                  <dt>{page.site.names[name] ? page.say(page.site.names[name]) : <code>{name}</code>}</dt>
                  <dd>{granted ? t.granted : t.locked}</dd>
                </>
              ))}
            </dl>
          </>
        )}
      </>,
    );
  });
