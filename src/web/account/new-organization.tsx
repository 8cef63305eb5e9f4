/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv } from "../../http/page.ts";
import { Field, Form } from "../components/form.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, emptyForm, type Form as FormState, readForm } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { leave } from "../kit/leave.ts";
import { consolePath } from "../kit/organization.ts";
import { show } from "../kit/show.tsx";
import { AccountFrame } from "./frame.tsx";

const messages = inLanguages({
  en: {
    title: "Create an organization",
    name: "Name",
    slug: "Name in web addresses",
    slugHint: "Small letters, digits and hyphens. It is made from the name where you leave it empty.",
    create: "Create",
    created: (name: string) => `${name} is there. You own it.`,
  },
  de: {
    title: "Organisation gründen",
    name: "Name",
    slug: "Name in Webadressen",
    slugHint: "Kleinbuchstaben, Ziffern und Bindestriche. Bleibt das leer, entsteht er aus dem Namen.",
    create: "Gründen",
    created: (name: string) => `${name} ist da und gehört Ihnen.`,
  },
});

type Created = { slug: string; name: string };

/** A new organization, which leads to its console. */
export const newOrganization = () =>
  pageRoutes()
    .get("/", (c) => showNew(c, emptyForm))
    .post("/", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const slug = form.given("slug");
      const wanted = { name: form.text("name"), ...(slug === undefined ? {} : { slug }) };
      const tried = await attempt(page, () => page.api.send<Created>("POST", "/v1/orgs", wanted));
      if ("failed" in tried) return showNew(c, form.again(tried.failed));
      return leave(c, consolePath(tried.done.slug), page.say(messages).created(tried.done.name));
    });

function showNew(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.title, status: form.failed?.status ?? 200, frame: AccountFrame },
    <>
      <h1>{t.title}</h1>
      <Form page={page} form={form} submit={t.create} back="/account/organizations">
        <Field page={page} form={form} name="name" label={t.name} autocomplete="organization" required autofocus />
        <Field page={page} form={form} name="slug" label={t.slug} hint={t.slugHint} maxlength={48} />
      </Form>
    </>,
  );
}
