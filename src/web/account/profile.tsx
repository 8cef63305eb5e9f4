/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv, Wire } from "../../http/page.ts";
import type { Me } from "../../modules/account/me/index.ts";
import { Field, Form, Version } from "../components/form.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, filled, type Form as FormState, readForm } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { leave } from "../kit/leave.ts";
import { show } from "../kit/show.tsx";
import { AddressState } from "./email.tsx";
import { AccountFrame } from "./frame.tsx";

const messages = inLanguages({
  en: {
    title: "Profile",
    name: "Name",
    hint: "Others in your organizations see it.",
    picture: "Picture",
    pictureHint: "Where it is on the web, such as https://example.com/me.jpg.",
    save: "Save",
    saved: "Saved.",
  },
  de: {
    title: "Profil",
    name: "Name",
    hint: "Andere in Ihren Organisationen sehen ihn.",
    picture: "Bild",
    pictureHint: "Wo es im Web steht, zum Beispiel https://example.com/me.jpg.",
    save: "Speichern",
    saved: "Gespeichert.",
  },
});

/** What others see of a person, and the address that they are known by. */
export const profile = () =>
  pageRoutes()
    .get("/", (c) => showProfile(c))
    .post("/", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const changes = { name: form.text("name"), image: form.given("image") ?? null };
      const tried = await attempt(page, () => page.api.send("PATCH", "/v1/me", changes, form.version));
      if ("failed" in tried) return showProfile(c, form.again(tried.failed));
      return leave(c, "/account", page.say(messages).saved);
    });

async function showProfile(c: Context<PageEnv>, sent?: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { body, etag } = await page.api.read<Wire<Me>>("/v1/me");
  const { principal } = body;
  const form = sent ?? filled({ name: principal.name, image: principal.image });
  return show(
    c,
    { title: t.title, status: form.failed?.status ?? 200, frame: AccountFrame },
    <>
      <h1>{t.title}</h1>
      <Form page={page} form={form} submit={t.save}>
        <Version form={form} etag={etag} />
        <Field page={page} form={form} name="name" label={t.name} hint={t.hint} autocomplete="name" required />
        <Field
          page={page}
          form={form}
          name="image"
          label={t.picture}
          hint={t.pictureHint}
          type="url"
          inputmode="url"
          autocomplete="photo"
        />
      </Form>
      <AddressState page={page} address={principal.email} verified={principal.emailVerified} />
    </>,
  );
}
