/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv } from "../../http/page.ts";
import { Field, Form, Tick } from "../components/form.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, emptyForm, type Form as FormState, readForm } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { returnTo, withReturn } from "../kit/return-to.ts";
import { show } from "../kit/show.tsx";
import { statusOf } from "./fields.tsx";
import { secondFactor } from "./through.ts";

const messages = inLanguages({
  en: {
    title: "Second factor",
    app: { text: "Enter the code that your authenticator app shows now.", label: "Code", other: "Use a backup code" },
    backup: {
      text: "Enter one of the backup codes that you kept. Each works once.",
      label: "Backup code",
      other: "Use the authenticator app",
    },
    trust: "Don't ask on this device for 30 days",
    submit: "Sign in",
    restart: "Start again",
  },
  de: {
    title: "Zweiter Faktor",
    app: {
      text: "Geben Sie den Code ein, den Ihre Authenticator-App jetzt zeigt.",
      label: "Code",
      other: "Einen Ersatzcode verwenden",
    },
    backup: {
      text: "Geben Sie einen der Ersatzcodes ein, die Sie aufbewahrt haben. Jeder gilt einmal.",
      label: "Ersatzcode",
      other: "Die Authenticator-App verwenden",
    },
    trust: "Auf diesem Gerät 30 Tage lang nicht fragen",
    submit: "Anmelden",
    restart: "Von vorn beginnen",
  },
});

type By = "app" | "backup";
const routes = { app: "/two-factor/verify-totp", backup: "/two-factor/verify-backup-code" } as const;
const byOf = (given: string | undefined): By => (given === "backup" ? "backup" : "app");

/** Asks for a second factor, whatever the first one was. */
export const twoFactor = () =>
  pageRoutes()
    .get("/two-factor", (c) => showFactor(c, byOf(c.req.query("by")), emptyForm, returnTo(c, c.req.query("return_to"))))
    .post("/two-factor", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const place = returnTo(c, form.text("return_to"));
      const by = byOf(form.text("by"));
      const code = by === "app" ? form.text("code").replaceAll(/\s/g, "") : form.text("code");
      const given = { code, trustDevice: form.ticked("trust") };
      const tried = await attempt(page, () => page.api.auth(routes[by], given));
      if (!("failed" in tried)) return c.redirect(place, 303);
      const { failed } = tried;
      return showFactor(c, by, form.again({ ...failed, fields: { code: failed.message } }), place);
    });

function showFactor(c: Context<PageEnv>, by: By, form: FormState, place: string): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const other = by === "app" ? `${secondFactor}?by=backup` : secondFactor;
  return show(
    c,
    { title: t.title, status: statusOf(form) },
    <>
      <h1>{t.title}</h1>
      <p>{t[by].text}</p>
      <Form page={page} form={form} action={secondFactor} submit={t.submit}>
        <input type="hidden" name="return_to" value={place} />
        <input type="hidden" name="by" value={by} />
        <Field
          page={page}
          form={form}
          name="code"
          label={t[by].label}
          autocomplete="one-time-code"
          {...(by === "app" ? { inputmode: "numeric" as const } : {})}
          maxlength={32}
          class="one-time"
          required
          autofocus
        />
        <Tick page={page} form={form} name="trust" label={t.trust} />
      </Form>
      <p>
        <a href={withReturn(other, place)}>{t[by].other}</a>
      </p>
      <p>
        <a href={withReturn("/auth/sign-in", place)}>{t.restart}</a>
      </p>
    </>,
  );
}
