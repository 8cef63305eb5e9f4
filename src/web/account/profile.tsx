import type { Context } from "hono";
import type { PageEnv } from "../../http/page.ts";
import { Field, Form } from "../components/form.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, filled, type Form as FormState, readForm } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { leave } from "../kit/leave.ts";
import { show } from "../kit/show.tsx";
import { AccountFrame } from "./frame.tsx";

const messages = inLanguages({
  en: { title: "Profile", name: "Name", hint: "Others in your organizations see it.", save: "Save", saved: "Saved." },
  de: {
    title: "Profil",
    name: "Name",
    hint: "Andere in Ihren Organisationen sehen ihn.",
    save: "Speichern",
    saved: "Gespeichert.",
  },
});

/** What others see of a person. */
export const profile = () =>
  pageRoutes()
    .get("/", (c) => showProfile(c, filled({ name: c.var.page.viewer?.name })))
    .post("/", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const tried = await attempt(page, () => page.api.send("PATCH", "/v1/me", { name: form.text("name") }));
      if ("failed" in tried) return showProfile(c, form.again(tried.failed));
      return leave(c, "/account", page.say(messages).saved);
    });

function showProfile(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.title, status: form.failed?.status ?? 200, frame: AccountFrame },
    <>
      <h1>{t.title}</h1>
      <Form page={page} form={form} submit={t.save}>
        <Field page={page} form={form} name="name" label={t.name} hint={t.hint} autocomplete="name" required />
      </Form>
    </>,
  );
}
