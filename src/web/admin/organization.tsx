/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { Page, PageEnv, Versioned, Wire } from "../../http/page.ts";
import type { Subscription } from "../../modules/billing/subscription/index.ts";
import type { Entitlements } from "../../modules/organization/entitlements/index.ts";
import type { Organization } from "../../modules/organization/organizations/index.ts";
import { Choice, Field, Form, Ticks, Version } from "../components/form.tsx";
import { When } from "../components/list.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, emptyForm, filled, type Form as FormState, readForm, tickedIn } from "../kit/forms.ts";
import { leave } from "../kit/leave.ts";
import { show } from "../kit/show.tsx";
import { AdminFrame } from "./frame.tsx";
import { messages } from "./organization-messages.ts";

type WireOrganization = Wire<Organization>;
type WireSubscription = Wire<Subscription>;
type WireEntitlements = Wire<Entitlements>;

const pathOf = (c: Context<PageEnv>) => `/v1/admin/orgs/${encodeURIComponent(c.req.param("id") ?? "")}`;

/** One organization: what it is, what it may use, what it pays for. */
export const organization = () =>
  pageRoutes()
    .get("/:id", (c) => showOrganization(c, emptyForm))
    .post("/:id", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const { id } = await page.api.get<WireOrganization>(pathOf(c));
      const tried = await attempt(page, () =>
        page.api.send(
          "PUT",
          `/v1/orgs/${id}/entitlements`,
          { modules: [...form.group("module").keys()] },
          form.version,
        ),
      );
      if ("failed" in tried) return showOrganization(c, form.again(tried.failed));
      return leave(c, `/admin/organizations/${id}`, page.say(messages).savedModules);
    })
    .get("/:id/subscription", async (c) => {
      const { body, etag } = await c.var.page.api.read<WireSubscription>(`${pathOf(c)}/subscription`);
      return showSubscription(c, filled({ plan: body.plan, status: body.status }), etag);
    })
    .post("/:id/subscription", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const changes = { plan: form.text("plan"), status: form.text("status") };
      const tried = await attempt(page, () =>
        page.api.send("PATCH", `${pathOf(c)}/subscription`, changes, form.version),
      );
      if ("done" in tried)
        return leave(c, `/admin/organizations/${c.req.param("id")}`, page.say(messages).savedSubscription);
      const { etag } = await page.api.read<WireSubscription>(`${pathOf(c)}/subscription`);
      return showSubscription(c, form.again(tried.failed), etag);
    });

async function showOrganization(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const { api } = page;
  const t = page.say(messages);
  const at = pathOf(c);
  const [{ id, name, slug, createdAt }, subscription, entitlements] = await Promise.all([
    api.get<WireOrganization>(at),
    api.get<WireSubscription>(`${at}/subscription`),
    api.read<WireEntitlements>(`${at}/entitlements`),
  ]);
  return show(
    c,
    { title: name, status: form.failed?.status ?? 200, frame: AdminFrame },
    <>
      <h1>{name}</h1>
      <dl>
        <dt>{t.slug}</dt>
        <dd>{slug}</dd>
        <dt>{t.since}</dt>
        <dd>
          <When page={page} at={createdAt} />
        </dd>
      </dl>
      <h2>{t.more}</h2>
      <ul>
        <li>
          <a href={`/admin/organizations/${id}/members`}>{t.members}</a>
        </li>
        <li>
          <a href={`/admin/history?organizationId=${id}`}>{t.history}</a>
        </li>
      </ul>
      <Paid page={page} id={id} subscription={subscription} />
      <Modules page={page} form={form} entitlements={entitlements} />
    </>,
  );
}

function Paid({ page, id, subscription }: { page: Page; id: string; subscription: WireSubscription }) {
  const t = page.say(messages);
  const { plan, status, currentPeriodStart, currentPeriodEnd, cancelAtPeriodEnd, trialEndsAt } = subscription;
  return (
    <>
      <h2>{t.subscription}</h2>
      <dl>
        <dt>{t.plan}</dt>
        <dd>
          <code>{plan}</code>
        </dd>
        <dt>{t.status}</dt>
        <dd>
          {t.statuses[status]} {cancelAtPeriodEnd ? <span class="tag">{t.ends}</span> : null}
        </dd>
        {status === "trialing" && trialEndsAt !== null ? (
          <>
            <dt>{t.trial}</dt>
            <dd>
              <When page={page} at={trialEndsAt} />
            </dd>
          </>
        ) : null}
        <dt>{t.period}</dt>
        <dd>
          <When page={page} at={currentPeriodStart} /> – <When page={page} at={currentPeriodEnd} />
        </dd>
      </dl>
      <p>
        <a class="button" href={`/admin/organizations/${id}/subscription`}>
          {t.change}
        </a>
      </p>
    </>
  );
}

/** A tick for each module that isn't everybody's. */
function Modules(props: { page: Page; form: FormState; entitlements: Versioned<WireEntitlements> }) {
  const { page, form, entitlements } = props;
  const t = page.say(messages);
  const granted = entitlements.body.modules.filter(({ tier }) => tier !== "standard");
  const ticked = granted.filter((each) => each.granted).map(({ name }) => name);
  const shown = form.failed === null ? filled(tickedIn("module", ticked)) : form;
  return (
    <>
      <h2>{t.modules}</h2>
      {granted.length === 0 ? (
        <p>{t.noModules}</p>
      ) : (
        <Form page={page} form={shown} submit={t.saveModules}>
          <p>{t.modulesText}</p>
          <Version form={shown} etag={entitlements.etag} />
          <Ticks
            form={shown}
            name="module"
            label={t.granted}
            options={granted.map(({ name }) => ({ value: name, label: name }))}
          />
        </Form>
      )}
    </>
  );
}

async function showSubscription(c: Context<PageEnv>, form: FormState, etag: string): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { id } = await page.api.get<WireOrganization>(pathOf(c));
  const options = (["trialing", "active", "past_due", "canceled"] as const).map((value) => ({
    value,
    label: t.statuses[value],
  }));
  return show(
    c,
    { title: t.change, status: form.failed?.status ?? 200, frame: AdminFrame },
    <>
      <h1>{t.change}</h1>
      <Form page={page} form={form} submit={t.change} back={`/admin/organizations/${id}`}>
        <Version form={form} etag={etag} />
        <Field page={page} form={form} name="plan" label={t.plan} hint={t.planHint} maxlength={40} required />
        <Choice page={page} form={form} name="status" label={t.status} options={options} />
      </Form>
    </>,
  );
}
