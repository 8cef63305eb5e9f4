/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv, Wire } from "../../http/page.ts";
import type { Preferences } from "../../modules/account/preferences/index.ts";
import { Choice, Field, Form, Tick, Version } from "../components/form.tsx";
import { remember } from "../kit/choices.ts";
import { pageRoutes } from "../kit/env.ts";
import { attempt, filled, type Form as FormState, readForm } from "../kit/forms.ts";
import { leave } from "../kit/leave.ts";
import { show } from "../kit/show.tsx";
import { AccountFrame } from "./frame.tsx";
import { messages } from "./preferences-messages.ts";

const kinds = ["newDevice", "invitation", "membership", "taskAssigned"] as const;

/** Time zones that a person may look for first; any other IANA name can be typed. */
const zones = Intl.supportedValuesOf("timeZone");

/** How the pages look to a person, and what they are mailed about. */
export const preferences = () =>
  pageRoutes()
    .get("/", (c) => showPreferences(c))
    .post("/", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const changes = {
        language: form.given("language") ?? null,
        timezone: form.given("timezone") ?? null,
        theme: form.text("theme"),
        notifications: Object.fromEntries(kinds.map((kind) => [kind, form.ticked(kind)])),
      };
      const tried = await attempt(page, () =>
        page.api.send<Wire<Preferences>>("PATCH", "/v1/me/preferences", changes, form.version),
      );
      if ("failed" in tried) return showPreferences(c, form.again(tried.failed));
      const { language } = remember(c, tried.done);
      return leave(c, "/account/preferences", messages[language].saved);
    });

async function showPreferences(c: Context<PageEnv>, sent?: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { body, etag } = await page.api.read<Wire<Preferences>>("/v1/me/preferences");
  const { language, timezone, theme, notifications } = body;
  const ticked = kinds.map((kind) => [kind, notifications[kind] ? "on" : ""]);
  const form = sent ?? filled({ language, timezone, theme, ...Object.fromEntries(ticked) });
  return show(
    c,
    { title: t.title, status: form.failed?.status ?? 200, frame: AccountFrame },
    <>
      <h1>{t.title}</h1>
      <Form page={page} form={form} submit={t.save}>
        <Version form={form} etag={etag} />
        <Choice
          page={page}
          form={form}
          name="language"
          label={t.language}
          options={[
            { value: "", label: t.asBrowser },
            { value: "en", label: t.english },
            { value: "de", label: t.german },
          ]}
        />
        <Field
          page={page}
          form={form}
          name="timezone"
          label={t.timezone}
          hint={t.timezoneHint}
          suggestions={zones}
          maxlength={64}
        />
        <Choice
          page={page}
          form={form}
          name="theme"
          label={t.theme}
          options={[
            { value: "system", label: t.asDevice },
            { value: "light", label: t.light },
            { value: "dark", label: t.dark },
          ]}
        />
        <fieldset>
          <legend>{t.notifications}</legend>
          {kinds.map((kind) => (
            <Tick page={page} form={form} name={kind} label={t.kinds[kind]} />
          ))}
        </fieldset>
      </Form>
    </>,
  );
}
