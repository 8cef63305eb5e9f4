/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv } from "../../http/page.ts";
import { Form } from "../components/form.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, besidePassword, emptyForm, type Form as FormState, readForm } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { leave } from "../kit/leave.ts";
import { returnTo, withReturn } from "../kit/return-to.ts";
import { show } from "../kit/show.tsx";
import { NewPassword, Secret, statusOf } from "./fields.tsx";

const messages = inLanguages({
  en: {
    title: "Choose a new password",
    submit: "Set the password",
    done: "Your new password is set, and you are signed out everywhere. Sign in with it.",
    again: "Ask for another link",
  },
  de: {
    title: "Neues Passwort wählen",
    submit: "Passwort setzen",
    done: "Ihr neues Passwort gilt, und Sie sind überall abgemeldet. Melden Sie sich damit an.",
    again: "Einen neuen Link anfordern",
  },
});

/** The mailed link to a new password leads here. */
export const reset = () =>
  pageRoutes()
    .get("/reset", (c) => showReset(c, emptyForm, returnTo(c, c.req.query("return_to"))))
    .post("/reset", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const place = returnTo(c, form.text("return_to"));
      const asked = { token: form.text("token"), newPassword: form.exact("password") };
      const tried = await attempt(page, () => page.api.auth("/reset-password", asked), besidePassword());
      if ("failed" in tried) return showReset(c, form.again(tried.failed), place);
      return leave(c, withReturn("/auth/sign-in", place), page.say(messages).done);
    });

function showReset(c: Context<PageEnv>, form: FormState, place: string): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.title, status: statusOf(form) },
    <>
      <h1>{t.title}</h1>
      <Form page={page} form={form} action="/auth/reset" submit={t.submit}>
        <input type="hidden" name="return_to" value={place} />
        <Secret page={page} form={form} />
        <NewPassword page={page} form={form} />
      </Form>
      <p>
        <a href={withReturn("/auth/forgot", place)}>{t.again}</a>
      </p>
    </>,
  );
}
