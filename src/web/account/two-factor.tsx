/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv, Wire } from "../../http/page.ts";
import type { SignInMethods } from "../../modules/account/me/index.ts";
import { Ask } from "../components/ask.tsx";
import { Form } from "../components/form.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, besidePassword, emptyForm, type Form as FormState, readForm } from "../kit/forms.ts";
import { leave } from "../kit/leave.ts";
import { proving } from "../kit/proving.ts";
import { show } from "../kit/show.tsx";
import { BackupCodes } from "./backup-codes.tsx";
import { AccountFrame } from "./frame.tsx";
import { PasswordField, passwordIn } from "./password-field.tsx";
import { messages } from "./two-factor-messages.ts";

export const twoFactorPath = "/account/two-factor";

/** The second factor: whether it is on, new backup codes, and the way to turn it off. */
export const twoFactor = () =>
  pageRoutes()
    .get("/", (c) => showState(c))
    .get("/backup-codes", (c) => askForCodes(c, emptyForm))
    .post("/backup-codes", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const renew = () =>
        page.api.auth<{ backupCodes: string[] }>(
          "/two-factor/generate-backup-codes",
          passwordIn(form.exact("password")),
        );
      const tried = await attempt(page, () => proving(page, form.exact("password"), renew), besidePassword());
      if ("failed" in tried) return askForCodes(c, form.again(tried.failed));
      return showCodes(c, tried.done.backupCodes);
    })
    .get("/off", (c) => askOff(c, emptyForm))
    .post("/off", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const off = () => page.api.auth("/two-factor/disable", passwordIn(form.exact("password")));
      const tried = await attempt(page, () => proving(page, form.exact("password"), off), besidePassword());
      if ("failed" in tried) return askOff(c, form.again(tried.failed));
      return leave(c, twoFactorPath, page.say(messages).turnedOff);
    });

async function showState(c: Context<PageEnv>): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { secondFactor, passkeys } = await page.api.get<Wire<SignInMethods>>("/v1/me/sign-in-methods");
  const { enabled, backupCodesLeft } = secondFactor;
  return show(
    c,
    { title: t.title, frame: AccountFrame },
    <>
      <h1>{t.title}</h1>
      <p>{t.what}</p>
      {enabled ? (
        <>
          <p>
            <span class="tag">{t.on}</span> {backupCodesLeft === null ? null : t.codesLeft(String(backupCodesLeft))}
          </p>
          <p class="buttons">
            <a class="button" href={`${twoFactorPath}/backup-codes`}>
              {t.newCodes}
            </a>
            <a class="button danger" href={`${twoFactorPath}/off`}>
              {t.turnOff}
            </a>
          </p>
        </>
      ) : (
        <>
          <p>
            <span class="tag">{t.off}</span>
          </p>
          <p>
            <a class="button primary" href={`${twoFactorPath}/set-up`}>
              {t.setUp}
            </a>
          </p>
        </>
      )}
      <p class="hint">{passkeys.length > 0 ? t.passkeysToo : t.passkeysWould}</p>
    </>,
  );
}

async function askForCodes(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.newCodes, status: form.failed?.status ?? 200, frame: AccountFrame },
    <>
      <h1>{t.newCodes}</h1>
      <p>{t.oldEnd}</p>
      <Form page={page} form={form} submit={t.makeCodes} back={twoFactorPath}>
        {await PasswordField({ c, form })}
      </Form>
    </>,
  );
}

/** Shows backup codes, which nobody sees again. */
export function showCodes(c: Context<PageEnv>, codes: readonly string[]): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.codes, frame: AccountFrame },
    <>
      <h1>{t.codes}</h1>
      <BackupCodes page={page} codes={codes} />
      <p>
        <a class="button primary" href={twoFactorPath}>
          {t.kept}
        </a>
      </p>
    </>,
  );
}

async function askOff(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.askOff, status: form.failed?.status ?? 200, frame: AccountFrame },
    <Ask page={page} form={form} title={t.askOff} submit={t.turnOff} back={twoFactorPath}>
      <p>{t.whatOff}</p>
      {await PasswordField({ c, form })}
    </Ask>,
  );
}
