/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { Page, PageEnv, Wire } from "../../http/page.ts";
import type { Settings } from "../../modules/platform/settings/index.ts";
import { Field, Form } from "../components/form.tsx";
import { accountOf } from "../kit/enter.ts";
import { attempt, emptyForm, type Form as FormState, readForm } from "../kit/forms.ts";
import { pageRoutes } from "../kit/env.ts";
import { returnTo, withReturn } from "../kit/return-to.ts";
import { show } from "../kit/show.tsx";
import { statusOf } from "./fields.tsx";
import { messages } from "./messages.ts";
import { lastWay, type Passed, through } from "./through.ts";

/** The ways in that need no other page first: a password, a provider, a passkey. */
export const signIn = () =>
  pageRoutes()
    .get("/sign-in", async (c) => {
      const place = returnTo(c, c.req.query("return_to"));
      const again = c.req.query("reauthenticate") !== undefined;
      if (accountOf(c.var.page) !== null && !again) return c.redirect(place, 303);
      return showSignIn(c, emptyForm, place);
    })
    .post("/sign-in", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const place = returnTo(c, form.text("return_to"));
      const [email, password] = [form.text("email"), form.exact("password")];
      const tried = await attempt(page, () => page.api.auth<Passed>("/sign-in/email", { email, password }));
      if ("failed" in tried) return showSignIn(c, form.again(tried.failed), place);
      return through(c, tried.done, place, "password");
    });

async function showSignIn(c: Context<PageEnv>, form: FormState, place: string): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { signIn } = await page.api.get<Wire<Settings>>("/v1/settings");
  const known = accountOf(page);
  const again = known !== null;
  const shown = again ? { ...form, values: { ...form.values, email: known.email } } : form;
  return show(
    c,
    { title: again ? t.freshly : t.title, status: statusOf(form) },
    <>
      <h1>{again ? t.freshly : t.title}</h1>
      {again ? <p>{t.why}</p> : null}
      <Form page={page} form={shown} action="/auth/sign-in" submit={t.submit}>
        <input type="hidden" name="return_to" value={place} />
        <Field
          page={page}
          form={shown}
          name="email"
          label={t.email}
          type="email"
          autocomplete="username webauthn"
          required
          autofocus
          readonly={again}
        />
        <Field
          page={page}
          form={shown}
          name="password"
          label={t.password}
          type="password"
          autocomplete="current-password"
          required
        />
      </Form>
      {form.failed?.code === "invalid_email_or_password" ? (
        <p>
          {t.unconfirmed} <a href={withReturn("/auth/verify/again", place)}>{t.again}</a>
        </p>
      ) : null}
      <p>
        <a href={withReturn("/auth/forgot", place)}>{t.forgot}</a>
      </p>
      <OtherWays page={page} signIn={signIn} place={place} last={lastWay(c)} />
      {signIn.anonymous && page.viewer === null ? (
        <form method="post" action="/auth/anonymous" data-once>
          <input type="hidden" name="return_to" value={place} />
          <button class="wide" type="submit">
            {t.anonymous}
          </button>
        </form>
      ) : null}
      {again ? null : (
        <p>
          <a href={withReturn("/auth/sign-up", place)}>{t.signUp}</a>
        </p>
      )}
    </>,
  );
}

function OtherWays(props: { page: Page; signIn: Wire<Settings>["signIn"]; place: string; last: string | undefined }) {
  const { page, signIn, place, last } = props;
  const t = page.say(messages);
  if (signIn.providers.length === 0 && !signIn.emailCode && !signIn.passkey) return null;
  const mark = (way: string) => (way === last ? <span class="tag">{t.last}</span> : null);
  return (
    <>
      <p class="or">{t.or}</p>
      <div class="stack">
        {signIn.passkey ? (
          <>
            <button class="wide" type="button" data-scripted data-passkey data-then={withPlace("passkey", place)}>
              {t.passkey} {mark("passkey")}
            </button>
            <p class="wrong" role="alert" data-scripted data-passkey-failed>
              {t.failed}
            </p>
          </>
        ) : null}
        {signIn.emailCode ? (
          <a class="button wide" href={withReturn("/auth/code", place)}>
            {t.code} {mark("code")}
          </a>
        ) : null}
        {signIn.providers.map(({ id, label }) => (
          <form method="post" action="/auth/provider" data-once>
            <input type="hidden" name="return_to" value={place} />
            <button class="wide" type="submit" name="provider" value={id}>
              {t.by(label)} {mark(id)}
            </button>
          </form>
        ))}
      </div>
    </>
  );
}

const withPlace = (way: string, place: string): string => withReturn(`/auth/continue?by=${way}`, place);
