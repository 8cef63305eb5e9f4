/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { renderSVG } from "uqr";
import type { PageEnv } from "../../http/page.ts";
import { Field, Form } from "../components/form.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, besidePassword, emptyForm, type Form as FormState, readForm } from "../kit/forms.ts";
import { proving } from "../kit/proving.ts";
import { show } from "../kit/show.tsx";
import { common } from "../messages/common.ts";
import { AccountFrame } from "./frame.tsx";
import { PasswordField, passwordIn } from "./password-field.tsx";
import { showCodes, twoFactorPath } from "./two-factor.tsx";
import { messages } from "./two-factor-messages.ts";

/** What better-auth begins with. Nothing is on until a code shows that the app has the secret. */
type Begun = { totpURI: string; backupCodes: string[] };

const wrongCode = { invalid_code: "code", otp_has_expired: "code", invalid_two_factor_cookie: "code" };

/** Turns the second factor on: the secret for the app, a code from it, then the backup codes. */
export const setUpTwoFactor = () =>
  pageRoutes()
    .get("/", (c) => askForPassword(c, emptyForm))
    .post("/", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const begun = { totpURI: form.exact("uri"), backupCodes: form.all("backup") };
      // The form for the code brings along what was begun: it isn't shown by the service twice.
      if (isAppUri(begun.totpURI)) {
        const tried = await attempt(
          page,
          () => page.api.auth("/two-factor/verify-totp", { code: form.text("code").replaceAll(/\s/g, "") }),
          wrongCode,
        );
        return "failed" in tried ? showSecret(c, begun, form.again(tried.failed)) : showCodes(c, begun.backupCodes);
      }
      const begin = () => page.api.auth<Begun>("/two-factor/enable", passwordIn(form.exact("password")));
      const tried = await attempt(page, () => proving(page, form.exact("password"), begin), besidePassword());
      return "failed" in tried ? askForPassword(c, form.again(tried.failed)) : showSecret(c, tried.done, emptyForm);
    });

const isAppUri = (uri: string): boolean => uri.length <= 1000 && /^otpauth:\/\/totp\/.+[?&]secret=[A-Z2-7]+/.test(uri);

async function askForPassword(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.setUp, status: form.failed?.status ?? 200, frame: AccountFrame },
    <>
      <h1>{t.setUp}</h1>
      <p>{t.need}</p>
      <Form page={page} form={form} submit={t.begin} back={twoFactorPath}>
        {await PasswordField({ c, form })}
      </Form>
    </>,
  );
}

function showSecret(c: Context<PageEnv>, { totpURI, backupCodes }: Begun, form: FormState): Promise<Response> {
  const { page } = c.var;
  const [t, words] = [page.say(messages), page.say(common)];
  const secret = new URL(totpURI).searchParams.get("secret") ?? "";
  const picture = `data:image/svg+xml,${encodeURIComponent(renderSVG(totpURI, { border: 2 }))}`;
  return show(
    c,
    { title: t.setUp, status: form.failed?.status ?? 200, frame: AccountFrame },
    <>
      <h1>{t.setUp}</h1>
      <p>{t.scan}</p>
      <p>
        <img class="qr" src={picture} alt={t.picture} width="220" height="220" data-changing />
      </p>
      <p>{t.orType}</p>
      <div class="secret">
        <code id="secret" data-changing>
          {(secret.match(/.{1,4}/g) ?? []).join(" ")}
        </code>
        <button type="button" data-copy="#secret" data-copied={words.copied} data-scripted>
          {words.copy}
        </button>
      </div>
      <Form page={page} form={form} submit={t.turnOn} back={twoFactorPath}>
        <input type="hidden" name="uri" value={totpURI} />
        {backupCodes.map((code) => (
          <input type="hidden" name="backup" value={code} />
        ))}
        <Field
          page={page}
          form={form}
          name="code"
          label={t.code}
          hint={t.codeHint}
          inputmode="numeric"
          autocomplete="one-time-code"
          class="otp"
          maxlength={10}
          required
          autofocus
        />
      </Form>
    </>,
  );
}
