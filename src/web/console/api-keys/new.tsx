/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { Forbidden } from "../../../core/problem.ts";
import type { PageEnv } from "../../../http/page.ts";
import { Form } from "../../components/form.tsx";
import { pageRoutes } from "../../kit/env.ts";
import { attempt, type Form as FormState, readForm } from "../../kit/forms.ts";
import { recentOnly } from "../../kit/recent.ts";
import { organizationOf } from "../../kit/organization.ts";
import { show } from "../../kit/show.tsx";
import { ConsoleFrame } from "../frame.tsx";
import { formOf, inputOf, KeyFields } from "./form.tsx";
import { type KeyWithSecret, nameOf, placeOf, Secret } from "./key.tsx";
import { messages } from "./messages.ts";

/** Adds an API key, and shows it this once. */
export const newKey = () =>
  pageRoutes()
    .get("/new", (c) => {
      const { page } = c.var;
      if (!page.may("apiKey:create")) throw Forbidden("Your role doesn't let you add API keys.");
      recentOnly(page);
      return showForm(c, formOf(null));
    })
    .post("/new", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const path = organizationOf(page).api("/api-keys");
      const tried = await attempt(page, () => page.api.send<KeyWithSecret>("POST", path, inputOf(form, null)));
      if ("failed" in tried) return showForm(c, form.again(tried.failed));
      return showSecret(c, tried.done, 201);
    });

/** Answers with the key itself. It is on no other page, so nothing leads here again. */
export const showSecret = (c: Context<PageEnv>, row: KeyWithSecret, status: number): Promise<Response> => {
  const { page } = c.var;
  return show(
    c,
    { title: page.say(messages).secretTitle(nameOf(page, row)), status, frame: ConsoleFrame },
    <Secret page={page} row={row} origin={page.site.baseUrl} />,
  );
};

function showForm(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.add, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <>
      <h1>{t.add}</h1>
      <Form page={page} form={form} submit={t.create} back={placeOf(page)} wide>
        <KeyFields page={page} form={form} existing={null} />
      </Form>
    </>,
  );
}
