/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { Page, PageEnv } from "../../http/page.ts";
import { Field, Form } from "../components/form.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, emptyForm, type Form as FormState, readForm } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { leave } from "../kit/leave.ts";
import { recentOnly } from "../kit/recent.ts";
import { show } from "../kit/show.tsx";
import { AccountFrame } from "./frame.tsx";

const messages = inLanguages({
  en: {
    title: "Change your address",
    heading: "E-mail address",
    verified: "verified",
    unverified: "not verified",
    why: "Until you follow the link that we mailed to it, invitations to this address don't reach you.",
    mailAgain: "Send the mail again",
    mailed: (address: string) => `We have sent a mail to ${address}.`,
    change: "Change your address",
    now: (address: string) => `You sign in with ${address} now.`,
    next: "New address",
    hint: "It becomes yours once you follow the link that we mail to it.",
    send: "Send the mail",
    asked: "We have sent a mail. Follow its link to change your address.",
  },
  de: {
    title: "Adresse ändern",
    heading: "E-Mail-Adresse",
    verified: "bestätigt",
    unverified: "nicht bestätigt",
    why: "Bis Sie dem Link folgen, den wir dorthin geschickt haben, erreichen Sie keine Einladungen an diese Adresse.",
    mailAgain: "Mail noch einmal senden",
    mailed: (address: string) => `Wir haben eine Mail an ${address} gesendet.`,
    change: "Adresse ändern",
    now: (address: string) => `Sie melden sich jetzt mit ${address} an.`,
    next: "Neue Adresse",
    hint: "Sie gilt, sobald Sie dem Link folgen, den wir dorthin schicken.",
    send: "Mail senden",
    asked: "Wir haben eine Mail gesendet. Folgen Sie dem Link darin, um Ihre Adresse zu ändern.",
  },
});

/** Another address to sign in with, and the mail that verifies the one there is. */
export const email = () =>
  pageRoutes()
    .get("/", (c) => {
      recentOnly(c.var.page);
      return showChange(c, emptyForm);
    })
    .post("/", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      if (form.ticked("verify")) return mailAgain(c);
      const asked = { newEmail: form.text("newEmail"), callbackURL: "/account" };
      const tried = await attempt(page, () => page.api.auth("/change-email", asked));
      if ("failed" in tried) return showChange(c, form.again(tried.failed));
      return leave(c, "/account", page.say(messages).asked);
    });

/** Sends the mail that verifies the address there is. */
async function mailAgain(c: Context<PageEnv>): Promise<Response> {
  const { page } = c.var;
  const address = page.viewer?.email ?? "";
  await page.api.auth("/send-verification-email", { email: address, callbackURL: "/account" });
  return leave(c, "/account", page.say(messages).mailed(address));
}

/** What is known of a person's address, with what they can do about it. */
export function AddressState({ page, address, verified }: { page: Page; address: string; verified: boolean }) {
  const t = page.say(messages);
  return (
    <section>
      <h2>{t.heading}</h2>
      <p>
        {address} <span class="tag">{verified ? t.verified : t.unverified}</span>
      </p>
      {verified ? null : <p class="hint">{t.why}</p>}
      <div class="buttons">
        {verified ? null : (
          <form method="post" action="/account/email" data-once>
            <button type="submit" name="verify" value="yes">
              {t.mailAgain}
            </button>
          </form>
        )}
        <a href="/account/email">{t.change}</a>
      </div>
    </section>
  );
}

function showChange(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.title, status: form.failed?.status ?? 200, frame: AccountFrame },
    <>
      <h1>{t.title}</h1>
      <p>{t.now(page.viewer?.email ?? "")}</p>
      <Form page={page} form={form} submit={t.send} back="/account">
        <Field
          page={page}
          form={form}
          name="newEmail"
          label={t.next}
          hint={t.hint}
          type="email"
          autocomplete="email"
          maxlength={254}
          required
        />
      </Form>
    </>,
  );
}
