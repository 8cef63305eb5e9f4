/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv } from "../../../http/page.ts";
import { Choice, Form, Version } from "../../components/form.tsx";
import { pageRoutes } from "../../kit/env.ts";
import { attempt, filled, type Form as FormState, readForm } from "../../kit/forms.ts";
import { recentOnly } from "../../kit/recent.ts";
import { organizationOf } from "../../kit/organization.ts";
import { show } from "../../kit/show.tsx";
import { ConsoleFrame } from "../frame.tsx";
import { type Key, type KeyWithSecret, nameOf, placeOf, spanLabel } from "./key.tsx";
import { messages } from "./messages.ts";
import { showSecret } from "./new.tsx";

/** Seconds for which the old key may go on working. */
const overlaps = [3600, 24 * 3600, 7 * 24 * 3600, 30 * 24 * 3600];

/** Replaces a key by a new one, which is shown this once. */
export const rotateKey = () =>
  pageRoutes()
    .get("/:id/rotate", (c) => {
      recentOnly(c.var.page);
      return ask(c, c.req.param("id"), filled({ overlap: "3600" }));
    })
    .post("/:id/rotate", async (c) => {
      const { page } = c.var;
      const id = c.req.param("id");
      const form = await readForm(c);
      const overlapSeconds = Number(form.text("overlap"));
      const path = organizationOf(page).api(`/api-keys/${id}/rotate`);
      const tried = await attempt(page, () =>
        page.api.send<KeyWithSecret>("POST", path, { overlapSeconds }, form.version),
      );
      if ("failed" in tried) return ask(c, id, form.again(tried.failed));
      return showSecret(c, tried.done, 200);
    });

async function ask(c: Context<PageEnv>, id: string, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { body, etag } = await page.api.read<Key>(organizationOf(page).api(`/api-keys/${id}`));
  const title = t.rotateTitle(nameOf(page, body));
  return show(
    c,
    { title, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <>
      <h1>{title}</h1>
      <Form page={page} form={form} submit={t.rotate} back={placeOf(page, `/${id}`)}>
        <Version form={form} etag={etag} />
        <p>{t.rotateText}</p>
        <Choice
          page={page}
          form={form}
          name="overlap"
          label={t.overlap}
          options={[
            { value: "0", label: t.overlapNone },
            ...overlaps.map((seconds) => ({
              value: `${seconds}`,
              label: t.overlapFor(spanLabel(page, seconds * 1000)),
            })),
          ]}
        />
      </Form>
    </>,
  );
}
