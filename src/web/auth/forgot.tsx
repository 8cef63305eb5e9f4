/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv } from "../../http/page.ts";
import { Form } from "../components/form.tsx";
import { accountOf } from "../kit/enter.ts";
import { pageRoutes } from "../kit/env.ts";
import { attempt, emptyForm, type Form as FormState, readForm } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { returnTo, withReturn } from "../kit/return-to.ts";
import { show } from "../kit/show.tsx";
import { Email, statusOf } from "./fields.tsx";
import { asUrl } from "./through.ts";

const messages = inLanguages({
  en: {
    reset: {
      title: "Forgot your password?",
      text: "We send you a link with which you choose a new one.",
      submit: "Send the link",
    },
    verify: {
      title: "Confirm your address",
      text: "We send you another link with which you confirm it.",
      submit: "Send the link",
    },
  },
  de: {
    reset: {
      title: "Passwort vergessen?",
      text: "Wir schicken Ihnen einen Link, mit dem Sie ein neues wählen.",
      submit: "Link senden",
    },
    verify: {
      title: "Adresse bestätigen",
      text: "Wir schicken Ihnen einen neuen Link, mit dem Sie sie bestätigen.",
      submit: "Link senden",
    },
  },
});

type What = "reset" | "verify";

const ways = {
  reset: { path: "/forgot", route: "/request-password-reset", leads: "redirectTo" },
  verify: { path: "/verify/again", route: "/send-verification-email", leads: "callbackURL" },
} as const;

/** Asks for a mail with a link: to a new password, or to confirm an address. */
export const askForMail = (what: What) => {
  const { path, route, leads } = ways[what];
  return pageRoutes()
    .get(path, (c) => {
      const email = accountOf(c.var.page)?.email ?? "";
      return showAsk(c, what, { ...emptyForm, values: { email } }, returnTo(c, c.req.query("return_to")));
    })
    .post(path, async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const place = returnTo(c, form.text("return_to"));
      const asked = { email: form.text("email"), [leads]: asUrl(c, place) };
      const tried = await attempt(page, () => page.api.auth(route, asked));
      if ("failed" in tried) return showAsk(c, what, form.again(tried.failed), place);
      return c.redirect(withReturn(`/auth/sent?for=${what}`, place), 303);
    });
};

function showAsk(c: Context<PageEnv>, what: What, form: FormState, place: string): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages)[what];
  return show(
    c,
    { title: t.title, status: statusOf(form) },
    <>
      <h1>{t.title}</h1>
      <p>{t.text}</p>
      <Form page={page} form={form} submit={t.submit} back={withReturn("/auth/sign-in", place)}>
        <input type="hidden" name="return_to" value={place} />
        <Email page={page} form={form} />
      </Form>
    </>,
  );
}
