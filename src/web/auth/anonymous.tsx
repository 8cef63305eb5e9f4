/** @jsxImportSource hono/jsx */
import { Form } from "../components/form.tsx";
import { accountOf, withoutAccount } from "../kit/enter.ts";
import { pageRoutes } from "../kit/env.ts";
import { emptyForm, readForm } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { leave } from "../kit/leave.ts";
import { returnTo } from "../kit/return-to.ts";
import { show } from "../kit/show.tsx";

const messages = inLanguages({
  en: {
    title: "You have no account yet",
    text: "Nothing but this browser knows you. Create an account or sign in, and what you have set goes with you. If you sign out, it is gone.",
    signUp: "Create an account",
    signIn: "Sign in",
    forget: "Forget me",
    forgotten: "Nothing is kept of you.",
  },
  de: {
    title: "Sie haben noch kein Konto",
    text: "Nur dieser Browser kennt Sie. Erstellen Sie ein Konto oder melden Sie sich an, dann kommt mit, was Sie eingestellt haben. Melden Sie sich ab, so ist es weg.",
    signUp: "Konto erstellen",
    signIn: "Anmelden",
    forget: "Vergessen Sie mich",
    forgotten: "Von Ihnen ist nichts mehr gespeichert.",
  },
});

/** A session without an account: its beginning, and what its person sees in the place of an account. */
export const anonymous = () =>
  pageRoutes()
    .get("/anonymous", async (c) => {
      const { page } = c.var;
      if (page.viewer === null || accountOf(page) !== null) return c.redirect("/", 303);
      const t = page.say(messages);
      return show(
        c,
        { title: t.title },
        <>
          <h1>{t.title}</h1>
          <p>{t.text}</p>
          <p>
            <a class="button primary" href="/auth/sign-up">
              {t.signUp}
            </a>{" "}
            <a class="button" href="/auth/sign-in">
              {t.signIn}
            </a>
          </p>
          <Form page={page} form={emptyForm} action={`${withoutAccount}/forget`} submit={t.forget} />
        </>,
      );
    })
    .post("/anonymous", async (c) => {
      const place = returnTo(c, (await readForm(c)).text("return_to"));
      if (c.var.page.viewer === null) await c.var.page.api.auth("/sign-in/anonymous", {});
      return c.redirect(place, 303);
    })
    .post("/anonymous/forget", async (c) => {
      const { page } = c.var;
      if (page.viewer?.isAnonymous) await page.api.auth("/delete-anonymous-user", {});
      // As on signing out: a browser may keep pages in spite of no-store.
      c.header("Clear-Site-Data", '"cache"');
      return leave(c, "/auth/sign-in", page.say(messages).forgotten);
    });
