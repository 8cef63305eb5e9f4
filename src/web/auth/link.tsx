/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv } from "../../http/page.ts";
import { Form } from "../components/form.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, emptyForm, type Form as FormState, readForm } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { returnTo, withReturn } from "../kit/return-to.ts";
import { show } from "../kit/show.tsx";
import { Secret, statusOf } from "./fields.tsx";
import { type Passed, through } from "./through.ts";

const messages = inLanguages({
  en: {
    title: "Sign in",
    text: "You have opened the link of our mail. One click, and you are signed in.",
    submit: "Sign in",
    code: "Enter the code of the mail instead",
  },
  de: {
    title: "Anmelden",
    text: "Sie haben den Link aus unserer Mail geöffnet. Ein Klick, und Sie sind angemeldet.",
    submit: "Anmelden",
    code: "Stattdessen den Code aus der Mail eingeben",
  },
});

/** The link of a mail to sign in leads here. */
export const link = () =>
  pageRoutes()
    .get("/link", (c) => showLink(c, emptyForm, returnTo(c, c.req.query("return_to"))))
    .post("/link", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const place = returnTo(c, form.text("return_to"));
      const asked = { token: form.text("token") };
      const tried = await attempt(page, () => page.api.auth<Passed>("/magic-link/verify", asked));
      if ("failed" in tried) return showLink(c, form.again(tried.failed), place);
      return through(c, tried.done, place, "code");
    });

function showLink(c: Context<PageEnv>, form: FormState, place: string): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.title, status: statusOf(form) },
    <>
      <h1>{t.title}</h1>
      <p>{t.text}</p>
      <Form page={page} form={form} action="/auth/link" submit={t.submit}>
        <input type="hidden" name="return_to" value={place} />
        <Secret page={page} form={form} />
      </Form>
      <p>
        <a href={withReturn("/auth/code/enter", place)}>{t.code}</a>
      </p>
    </>,
  );
}
