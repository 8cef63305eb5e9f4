/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv } from "../../http/page.ts";
import { Field, Form } from "../components/form.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, besidePassword, emptyForm, type Form as FormState, readForm } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { leave } from "../kit/leave.ts";
import { proving } from "../kit/proving.ts";
import { show } from "../kit/show.tsx";
import { AccountFrame } from "./frame.tsx";
import { signInMethodsPath } from "./sign-in-methods.tsx";

const messages = inLanguages({
  en: {
    title: "Change your password",
    current: "Password now",
    next: "New password",
    hint: "At least eight characters. A sentence is easy to remember and hard to guess.",
    ends: "Changing it signs you out on all other devices.",
    change: "Change it",
    changed: "Your password is changed.",
  },
  de: {
    title: "Passwort ändern",
    current: "Jetziges Passwort",
    next: "Neues Passwort",
    hint: "Mindestens acht Zeichen. Ein Satz ist leicht zu merken und schwer zu erraten.",
    ends: "Auf allen anderen Geräten werden Sie damit abgemeldet.",
    change: "Ändern",
    changed: "Ihr Passwort ist geändert.",
  },
});

/** A new password in the place of the one there is. */
export const password = () =>
  pageRoutes()
    .get("/", (c) => showPassword(c, emptyForm))
    .post("/", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const [currentPassword, newPassword] = [form.exact("currentPassword"), form.exact("newPassword")];
      const body = { currentPassword, newPassword, revokeOtherSessions: true };
      const change = () => proving(page, currentPassword, () => page.api.auth("/change-password", body));
      const tried = await attempt(page, change, besidePassword("currentPassword", "newPassword"));
      if ("failed" in tried) return showPassword(c, form.again(tried.failed));
      return leave(c, signInMethodsPath, page.say(messages).changed);
    });

function showPassword(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.title, status: form.failed?.status ?? 200, frame: AccountFrame },
    <>
      <h1>{t.title}</h1>
      <p>{t.ends}</p>
      <Form page={page} form={form} submit={t.change} back={signInMethodsPath}>
        <input type="hidden" name="username" value={page.viewer?.email} autocomplete="username" />
        <Field
          page={page}
          form={form}
          name="currentPassword"
          label={t.current}
          type="password"
          autocomplete="current-password"
          maxlength={128}
          required
        />
        <Field
          page={page}
          form={form}
          name="newPassword"
          label={t.next}
          hint={t.hint}
          type="password"
          autocomplete="new-password"
          maxlength={128}
          required
        />
      </Form>
    </>,
  );
}
