import type { Context } from "hono";
import type { PageEnv, Wire } from "../../http/page.ts";
import type { Settings } from "../../modules/platform/settings/index.ts";
import { Field, Form } from "../components/form.tsx";
import { attempt, emptyForm, type Form as FormState, readForm } from "../kit/forms.ts";
import { pageRoutes } from "../kit/env.ts";
import { returnTo, withReturn } from "../kit/return-to.ts";
import { show } from "../kit/show.tsx";
import { messages } from "./messages.ts";

/** Where a second factor is asked after the first one. */
const secondFactor = "/auth/two-factor";

type SignedIn = { twoFactorRedirect?: boolean };

/** The ways in that need no other page first: a password, a provider, a passkey. */
export const signIn = () =>
  pageRoutes()
    .get("/sign-in", async (c) => {
      const place = returnTo(c, c.req.query("return_to"));
      const again = c.req.query("reauthenticate") !== undefined;
      if (c.var.page.viewer !== null && !again) return c.redirect(place, 303);
      return showSignIn(c, emptyForm, place);
    })
    .post("/sign-in", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const place = returnTo(c, form.text("return_to"));
      const [email, password] = [form.text("email"), form.exact("password")];
      const tried = await attempt(page, () => page.api.auth<SignedIn>("/sign-in/email", { email, password }));
      if ("failed" in tried) return showSignIn(c, form.again(tried.failed), place);
      return c.redirect(tried.done.twoFactorRedirect ? withReturn(secondFactor, place) : place, 303);
    });

async function showSignIn(c: Context<PageEnv>, form: FormState, place: string): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { signIn } = await page.api.get<Wire<Settings>>("/v1/settings");
  const again = page.viewer !== null;
  const shown = again ? { ...form, values: { ...form.values, email: page.viewer?.email ?? "" } } : form;
  return show(
    c,
    { title: again ? t.again : t.title, status: form.failed?.status === 401 ? 422 : (form.failed?.status ?? 200) },
    <>
      <h1>{again ? t.again : t.title}</h1>
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
      <p>
        <a href={withReturn("/auth/forgot", place)}>{t.forgot}</a>
      </p>
      {signIn.providers.length === 0 && !signIn.emailCode ? null : <p class="or">{t.or}</p>}
      <div class="stack">
        {signIn.emailCode ? (
          <a class="button wide" href={withReturn("/auth/code", place)}>
            {t.code}
          </a>
        ) : null}
        {signIn.providers.map(({ id, label }) => (
          <form method="post" action="/auth/provider" data-once>
            <input type="hidden" name="return_to" value={place} />
            <button class="wide" type="submit" name="provider" value={id}>
              {t.by(label)}
            </button>
          </form>
        ))}
      </div>
      {again ? null : (
        <p>
          <a href={withReturn("/auth/sign-up", place)}>{t.signUp}</a>
        </p>
      )}
    </>,
  );
}
