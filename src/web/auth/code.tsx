/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { getSignedCookie, setSignedCookie } from "hono/cookie";
import type { PageEnv } from "../../http/page.ts";
import { Field, Form } from "../components/form.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, emptyForm, filled, type Form as FormState, readForm } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { returnTo, withReturn } from "../kit/return-to.ts";
import { show } from "../kit/show.tsx";
import { Email, statusOf } from "./fields.tsx";
import { asUrl, type Passed, through } from "./through.ts";

const messages = inLanguages({
  en: {
    title: "Sign in by e-mail",
    text: "We send you a mail with a link and a code. You need no password.",
    submit: "Send the mail",
    enter: "Enter the code",
    sent: "A mail is on its way. Open the link in it, or enter the code of six digits here. Both work for ten minutes.",
    code: "Code",
    signIn: "Sign in",
    again: "Send another mail",
  },
  de: {
    title: "Per E-Mail anmelden",
    text: "Wir schicken Ihnen eine Mail mit einem Link und einem Code. Sie brauchen kein Passwort.",
    submit: "Mail senden",
    enter: "Code eingeben",
    sent: "Eine Mail ist unterwegs. Öffnen Sie den Link darin, oder geben Sie hier den sechsstelligen Code ein. Beide gelten zehn Minuten.",
    code: "Code",
    signIn: "Anmelden",
    again: "Noch eine Mail senden",
  },
});

/** Sign-in by a mail: asking for it, and its code. The page of its link is another one. */
export const code = () =>
  pageRoutes()
    .get("/code", (c) => showAsk(c, emptyForm, returnTo(c, c.req.query("return_to"))))
    .post("/code", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const place = returnTo(c, form.text("return_to"));
      const email = form.text("email");
      const asked = { email, callbackURL: asUrl(c, place) };
      const tried = await attempt(page, () => page.api.auth("/sign-in/magic-link", asked));
      if ("failed" in tried) return showAsk(c, form.again(tried.failed), place);
      await keepAddress(c, email);
      return c.redirect(withReturn("/auth/code/enter", place), 303);
    })
    .get("/code/enter", async (c) =>
      showEnter(c, filled({ email: await keptAddress(c) }), returnTo(c, c.req.query("return_to"))),
    )
    .post("/code/enter", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const place = returnTo(c, form.text("return_to"));
      const given = { email: form.text("email"), otp: form.text("code").replaceAll(/\s/g, "") };
      const tried = await attempt(page, () => page.api.auth<Passed>("/sign-in/email-otp", given));
      if ("failed" in tried) {
        const { failed } = tried;
        return showEnter(c, form.again({ ...failed, fields: { ...failed.fields, code: failed.message } }), place);
      }
      return through(c, tried.done, place, "code");
    });

const cookie = "gatehouse.asked";

/** Keeps the address for the next page, which so needn't have it in its URL. */
const keepAddress = (c: Context<PageEnv>, email: string) =>
  setSignedCookie(c, cookie, email.slice(0, 254), c.var.tellBy, {
    httpOnly: true,
    sameSite: "Lax",
    path: "/auth",
    maxAge: 600,
    secure: c.var.page.site.baseUrl.startsWith("https:"),
  });

const keptAddress = async (c: Context<PageEnv>) => (await getSignedCookie(c, c.var.tellBy, cookie)) || "";

function showAsk(c: Context<PageEnv>, form: FormState, place: string): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.title, status: statusOf(form) },
    <>
      <h1>{t.title}</h1>
      <p>{t.text}</p>
      <Form page={page} form={form} action="/auth/code" submit={t.submit} back={withReturn("/auth/sign-in", place)}>
        <input type="hidden" name="return_to" value={place} />
        <Email page={page} form={form} />
      </Form>
    </>,
  );
}

function showEnter(c: Context<PageEnv>, form: FormState, place: string): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.enter, status: statusOf(form) },
    <>
      <h1>{t.enter}</h1>
      <p>{t.sent}</p>
      <Form page={page} form={form} action="/auth/code/enter" submit={t.signIn}>
        <input type="hidden" name="return_to" value={place} />
        <Email page={page} form={form} />
        <Field
          page={page}
          form={form}
          name="code"
          label={t.code}
          autocomplete="one-time-code"
          inputmode="numeric"
          maxlength={12}
          class="one-time"
          required
        />
      </Form>
      <p>
        <a href={withReturn("/auth/code", place)}>{t.again}</a>
      </p>
    </>,
  );
}
