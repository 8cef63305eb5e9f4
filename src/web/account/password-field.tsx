/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv, Wire } from "../../http/page.ts";
import type { SignInMethods } from "../../modules/account/me/index.ts";
import { Field } from "../components/form.tsx";
import type { Form as FormState } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { recentOnly } from "../kit/recent.ts";

const messages = inLanguages({ en: { password: "Your password" }, de: { password: "Ihr Passwort" } });

/** What better-auth takes as proof: a password, where there is one. */
export const passwordIn = (password: string) => (password === "" ? {} : { password });

/**
 * The field for a password, where there is one.
 *
 * @throws 403 for who has none and signed in too long ago, which leads to the sign-in page and back.
 */
export async function PasswordField({ c, form }: { c: Context<PageEnv>; form: FormState }) {
  const { page } = c.var;
  const { password } = await page.api.get<Wire<SignInMethods>>("/v1/me/sign-in-methods");
  if (password === null) recentOnly(c.var.page);
  return password === null ? null : (
    <Field
      page={page}
      form={form}
      name="password"
      label={page.say(messages).password}
      type="password"
      autocomplete="current-password"
      maxlength={128}
      required
    />
  );
}
