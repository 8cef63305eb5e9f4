/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv } from "../../http/page.ts";
import { Form } from "../components/form.tsx";
import { accountOf } from "../kit/enter.ts";
import { pageRoutes } from "../kit/env.ts";
import { attempt, besidePassword, emptyForm, type Form as FormState, readForm } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { returnTo, withReturn } from "../kit/return-to.ts";
import { show } from "../kit/show.tsx";
import { tell } from "../kit/told.ts";
import { Password, Secret, statusOf } from "./fields.tsx";
import { type Passed, through } from "./through.ts";

const messages = inLanguages({
  en: {
    verify: {
      title: "Confirm your address",
      text: "Enter the password that you chose, so that nobody else confirms an account in your name.",
      submit: "Confirm the address",
      done: "Your address is confirmed.",
    },
    change: {
      title: "Change your address",
      text: "Enter your password, since you aren't signed in here.",
      submit: "Go on",
      done: "Thank you. Where the change needs the other mailbox too, a mail is on its way there.",
    },
    again: "Ask for another link",
  },
  de: {
    verify: {
      title: "Adresse bestätigen",
      text: "Geben Sie das Passwort ein, das Sie gewählt haben, damit niemand sonst ein Konto in Ihrem Namen bestätigt.",
      submit: "Adresse bestätigen",
      done: "Ihre Adresse ist bestätigt.",
    },
    change: {
      title: "Adresse ändern",
      text: "Geben Sie Ihr Passwort ein, da Sie hier nicht angemeldet sind.",
      submit: "Weiter",
      done: "Danke. Wenn die Änderung auch das andere Postfach braucht, ist eine Mail dorthin unterwegs.",
    },
    again: "Einen neuen Link anfordern",
  },
});

type What = "verify" | "change";

const paths = { verify: "/verify", change: "/change-email" } as const;

/** The mailed links that verify an address, or change it, lead here. */
export const verify = (what: What) =>
  pageRoutes()
    .get(paths[what], (c) => showVerify(c, what, emptyForm, returnTo(c, c.req.query("return_to"))))
    .post(paths[what], async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const place = returnTo(c, form.text("return_to"));
      const password = form.exact("password");
      const token = form.text("token");
      const asked = { token, ...(password === "" ? {} : { password }) };
      const tried = await attempt(page, () => page.api.auth<Passed>("/verify-email", asked), besidePassword());
      if ("failed" in tried) return showVerify(c, what, form.again(tried.failed), place);
      await tell(c, page.say(messages)[what].done);
      return through(c, tried.done, place, "password");
    });

function showVerify(c: Context<PageEnv>, what: What, form: FormState, place: string): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { title, text, submit } = t[what];
  const asks = accountOf(page) === null || form.failed?.code === "sign_in_to_verify" || "password" in form.values;
  return show(
    c,
    { title, status: statusOf(form) },
    <>
      <h1>{title}</h1>
      {asks ? <p>{text}</p> : null}
      <Form page={page} form={form} action={`/auth${paths[what]}`} submit={submit}>
        <input type="hidden" name="return_to" value={place} />
        <Secret page={page} form={form} />
        {asks ? <Password page={page} form={form} /> : null}
      </Form>
      {what === "verify" ? (
        <p>
          <a href={withReturn("/auth/verify/again", place)}>{t.again}</a>
        </p>
      ) : null}
    </>,
  );
}
