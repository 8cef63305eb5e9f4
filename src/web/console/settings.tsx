/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { z } from "zod";
import type { PageEnv, Wire } from "../../http/page.ts";
import type { Organization } from "../../modules/organization/organizations/index.ts";
import { Choice, Field, Form, Tick, Version } from "../components/form.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, filled, type Form as FormState, readForm, type Sent } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { leave } from "../kit/leave.ts";
import { consolePath, needs, organizationOf } from "../kit/organization.ts";
import { show } from "../kit/show.tsx";
import { common } from "../messages/common.ts";
import { ConsoleFrame } from "./frame.tsx";
import { mayGive, rolesFor } from "./roles/givable.ts";
import { roleLabel } from "./roles/names.ts";

const messages = inLanguages({
  en: {
    title: "Settings",
    name: "Name",
    slug: "Name in links",
    slugHint: "Small letters, digits and hyphens. Links that have the old one lead nowhere once you change it.",
    logo: "Logo",
    logoHint: "The address of a picture.",
    role: "Role of new members",
    roleHint: "Who is invited without a role gets this one.",
    factor: "Members need a second factor",
    factorHint: "You need one yourself to ask for it.",
    grace: "Days that members have to set it up",
    saved: "Saved.",
    others: "Settings of the application",
    othersText: "Your application keeps these here, and changes them.",
  },
  de: {
    title: "Einstellungen",
    name: "Name",
    slug: "Name in Links",
    slugHint: "Kleine Buchstaben, Ziffern und Bindestriche. Links mit dem alten führen nach einer Änderung ins Leere.",
    logo: "Logo",
    logoHint: "Die Adresse eines Bildes.",
    role: "Rolle neuer Mitglieder",
    roleHint: "Wer ohne Rolle eingeladen wird, bekommt diese.",
    factor: "Mitglieder brauchen einen zweiten Faktor",
    factorHint: "Um ihn zu verlangen, brauchen Sie selbst einen.",
    grace: "Tage, die Mitglieder dafür haben",
    saved: "Gespeichert.",
    others: "Einstellungen der Anwendung",
    othersText: "Ihre Anwendung bewahrt sie hier auf und ändert sie.",
  },
});

type Shown = Wire<z.infer<typeof Organization>>;

/** An organization's name, its slug, its logo, and what it asks of its members. */
export const settings = () =>
  pageRoutes()
    .get("/", needs("organization:update"), (c) => showSettings(c))
    .post("/", async (c) => {
      const { page } = c.var;
      const { api } = organizationOf(page);
      const form = await readForm(c);
      const tried = await attempt(page, () => page.api.send<Shown>("PATCH", api(), changes(form), form.version));
      if ("failed" in tried) {
        const fields = Object.entries(tried.failed.fields).map(([path, said]) => [path.replace("settings.", ""), said]);
        return showSettings(c, form.again({ ...tried.failed, fields: Object.fromEntries(fields) }));
      }
      return leave(c, consolePath(tried.done.slug, "/settings"), page.say(messages).saved);
    });

const changes = (form: Sent) => ({
  name: form.text("name"),
  slug: form.text("slug"),
  logo: form.given("logo") ?? null,
  ...(form.given("defaultRole") ? { defaultRole: form.text("defaultRole") } : {}),
  settings: {
    requireTwoFactor: form.ticked("requireTwoFactor") || null,
    twoFactorGraceDays: Number(form.given("twoFactorGraceDays") ?? 0) || null,
  },
});

async function showSettings(c: Context<PageEnv>, sent?: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const [{ body, etag }, roles] = await Promise.all([page.api.read<Shown>(organizationOf(page).api()), rolesFor(page)]);
  const { name, slug, logo, defaultRole } = body;
  const { requireTwoFactor, twoFactorGraceDays, ...others } = body.settings;
  const rule = { requireTwoFactor: requireTwoFactor ? "on" : "", twoFactorGraceDays: String(twoFactorGraceDays ?? 0) };
  const form = sent ?? filled({ name, slug, logo, defaultRole, ...rule });
  const choices = roles
    .filter((role) => role.name === defaultRole || mayGive(page, role))
    .map((role) => ({ value: role.name, label: roleLabel(page, role.name) }));
  const field = { page, form };
  return show(
    c,
    { title: t.title, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <>
      <h1>{t.title}</h1>
      <Form page={page} form={form} submit={page.say(common).save}>
        <Version form={form} etag={etag} />
        <Field {...field} name="name" label={t.name} required maxlength={120} />
        <Field {...field} name="slug" label={t.slug} hint={t.slugHint} required maxlength={48} />
        <Field {...field} name="logo" label={t.logo} hint={t.logoHint} type="url" maxlength={2048} />
        {choices.length === 0 ? null : (
          <Choice {...field} name="defaultRole" label={t.role} hint={t.roleHint} options={choices} />
        )}
        <Tick {...field} name="requireTwoFactor" label={t.factor} hint={t.factorHint} />
        <Field {...field} name="twoFactorGraceDays" label={t.grace} type="number" inputmode="numeric" required />
      </Form>
      {Object.keys(others).length === 0 ? null : (
        <section>
          <h2>{t.others}</h2>
          <p>{t.othersText}</p>
          <dl>
            {Object.entries(others).map(([setting, value]) => (
              <>
                <dt>
                  <code>{setting}</code>
                </dt>
                <dd>
                  <code>{String(value)}</code>
                </dd>
              </>
            ))}
          </dl>
        </section>
      )}
    </>,
  );
}
