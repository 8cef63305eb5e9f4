/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { NotFound } from "../../core/problem.ts";
import { deviceOf } from "../../core/user-agent.ts";
import type { PageEnv, Wire } from "../../http/page.ts";
import type { SignInMethods } from "../../modules/account/me/index.ts";
import { Ask } from "../components/ask.tsx";
import { Field, Form } from "../components/form.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, emptyForm, filled, type Form as FormState, readForm, refused } from "../kit/forms.ts";
import { leave } from "../kit/leave.ts";
import { recentOnly } from "../kit/recent.ts";
import { show } from "../kit/show.tsx";
import { AccountFrame } from "./frame.tsx";
import { messages } from "./passkeys-messages.ts";
import { signInMethodsPath } from "./sign-in-methods.tsx";

/** Adds, renames and removes passkeys. Making one takes the browser's own dialog, and so the script. */
export const passkeys = () =>
  pageRoutes()
    .get("/new", (c) => showNew(c, filled({ name: suggestedName(c) })))
    .post("/new", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const body = { response: parsed(form.text("response")), name: form.text("name") };
      const tried = await attempt(page, () => page.api.auth("/passkey/verify-registration", body));
      if ("failed" in tried) return showNew(c, form.again(tried.failed));
      return leave(c, signInMethodsPath, page.say(messages).added);
    })
    .get("/:id", async (c) => showRename(c, filled({ name: (await named(c)).name })))
    .post("/:id", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const { id } = await named(c);
      const name = form.text("name");
      if (name === "") return showRename(c, form.again(refused(page, { name: page.say(messages).fillIn })));
      const tried = await attempt(page, () => page.api.auth("/passkey/update-passkey", { id, name }));
      if ("failed" in tried) return showRename(c, form.again(tried.failed));
      return leave(c, signInMethodsPath, page.say(messages).renamed);
    })
    .get("/:id/remove", (c) => askRemove(c, emptyForm))
    .post("/:id/remove", async (c) => {
      const { page } = c.var;
      const { id } = await named(c);
      const tried = await attempt(page, () => page.api.auth("/passkey/delete-passkey", { id }));
      if ("failed" in tried) return askRemove(c, { ...emptyForm, failed: tried.failed });
      return leave(c, signInMethodsPath, page.say(messages).removed);
    });

/** The passkey that the path names. @throws 404 for any that isn't the person's. */
async function named(c: Context<PageEnv>) {
  const { passkeys } = await c.var.page.api.get<Wire<SignInMethods>>("/v1/me/sign-in-methods");
  const found = passkeys.find(({ id }) => id === c.req.param("id"));
  if (!found) throw NotFound("There is no such passkey.");
  return { ...found, name: found.name ?? c.var.page.say(messages).unnamed };
}

/** What one recognizes it by later: where it was made. */
function suggestedName(c: Context<PageEnv>): string {
  const { browser, system } = deviceOf(c.req.header("user-agent") ?? "");
  return [browser, system].filter((part) => part !== null).join(", ");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** Shows the options of a new passkey, which asks for a recent sign-in before anything is typed. */
async function showNew(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const options = await page.api.auth<object>("/passkey/generate-register-options");
  return show(
    c,
    { title: t.add, status: form.failed?.status ?? 200, frame: AccountFrame },
    <>
      <h1>{t.add}</h1>
      <p>{t.how}</p>
      <noscript>
        <p>{t.noScript}</p>
      </noscript>
      <div data-scripted>
        <div class="notice bad" role="alert" data-passkey-failed hidden>
          {t.failed}
        </div>
        <Form page={page} form={form} submit={t.add} back={signInMethodsPath}>
          <input type="hidden" name="response" data-passkey-options={JSON.stringify(options)} />
          <Field page={page} form={form} name="name" label={t.name} hint={t.nameHint} maxlength={80} required />
        </Form>
      </div>
    </>,
  );
}

function showRename(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.rename, status: form.failed?.status ?? 200, frame: AccountFrame },
    <>
      <h1>{t.rename}</h1>
      <Form page={page} form={form} submit={t.save} back={signInMethodsPath}>
        <Field page={page} form={form} name="name" label={t.name} hint={t.nameHint} maxlength={80} required />
      </Form>
    </>,
  );
}

async function askRemove(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  recentOnly(c.var.page);
  const t = page.say(messages);
  const title = t.ask((await named(c)).name);
  return show(
    c,
    { title, status: form.failed?.status ?? 200, frame: AccountFrame },
    <Ask page={page} form={form} title={title} submit={t.remove} back={signInMethodsPath}>
      <p>{t.what}</p>
    </Ask>,
  );
}
