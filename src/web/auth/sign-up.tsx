/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv } from "../../http/page.ts";
import { Form } from "../components/form.tsx";
import { pageRoutes } from "../kit/env.ts";
import { accountOf } from "../kit/enter.ts";
import { attempt, besidePassword, emptyForm, type Form as FormState, readForm } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { returnTo, withReturn } from "../kit/return-to.ts";
import { show } from "../kit/show.tsx";
import { Email, FullName, NewPassword, statusOf } from "./fields.tsx";
import { asUrl } from "./through.ts";

const messages = inLanguages({
  en: { title: "Create an account", submit: "Create account", signIn: "I have an account: sign in" },
  de: { title: "Konto erstellen", submit: "Konto erstellen", signIn: "Ich habe ein Konto: anmelden" },
});

/** Sign-up by address and password. What follows is the same whether or not the address has an account. */
export const signUp = () =>
  pageRoutes()
    .get("/sign-up", async (c) => {
      const place = returnTo(c, c.req.query("return_to"));
      return accountOf(c.var.page) === null ? showSignUp(c, emptyForm, place) : c.redirect(place, 303);
    })
    .post("/sign-up", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const place = returnTo(c, form.text("return_to"));
      const asked = {
        name: form.text("name"),
        email: form.text("email"),
        password: form.exact("password"),
        callbackURL: asUrl(c, place),
      };
      const signUp = () => page.api.auth<{ token: string | null }>("/sign-up/email", asked);
      const tried = await attempt(page, signUp, besidePassword());
      if ("failed" in tried) return showSignUp(c, form.again(tried.failed), place);
      return c.redirect(tried.done.token === null ? withReturn("/auth/sent?for=sign-up", place) : place, 303);
    });

function showSignUp(c: Context<PageEnv>, form: FormState, place: string): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.title, status: statusOf(form) },
    <>
      <h1>{t.title}</h1>
      <Form page={page} form={form} action="/auth/sign-up" submit={t.submit}>
        <input type="hidden" name="return_to" value={place} />
        <FullName page={page} form={form} />
        <Email page={page} form={form} />
        <NewPassword page={page} form={form} />
      </Form>
      <p>
        <a href={withReturn("/auth/sign-in", place)}>{t.signIn}</a>
      </p>
    </>,
  );
}
