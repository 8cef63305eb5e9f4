/** @jsxImportSource hono/jsx */
import type { Page } from "../../http/page.ts";
import { Field } from "../components/form.tsx";
import type { Form } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";

type Of = { page: Page; form: Form };

const messages = inLanguages({
  en: {
    email: "E-mail",
    password: "Password",
    newPassword: "New password",
    atLeast: "At least eight characters.",
    name: "Name",
    copy: "What follows the # in the link. With JavaScript, it is filled in when you open the link.",
    secret: "From the mailed link",
  },
  de: {
    email: "E-Mail",
    password: "Passwort",
    newPassword: "Neues Passwort",
    atLeast: "Mindestens acht Zeichen.",
    name: "Name",
    copy: "Was im Link nach dem # steht. Mit JavaScript wird es ausgefüllt, wenn Sie den Link öffnen.",
    secret: "Aus dem Link in der Mail",
  },
});

export const Email = ({ page, form, readonly = false }: Of & { readonly?: boolean }) => (
  <Field
    page={page}
    form={form}
    name="email"
    label={page.say(messages).email}
    type="email"
    autocomplete="username"
    maxlength={254}
    required
    readonly={readonly}
  />
);

export const FullName = ({ page, form }: Of) => (
  <Field
    page={page}
    form={form}
    name="name"
    label={page.say(messages).name}
    autocomplete="name"
    maxlength={255}
    required
  />
);

/** The password of an account that there is. */
export const Password = ({ page, form }: Of) => (
  <Field
    page={page}
    form={form}
    name="password"
    label={page.say(messages).password}
    type="password"
    autocomplete="current-password"
    required
  />
);

export const NewPassword = ({ page, form }: Of) => (
  <Field
    page={page}
    form={form}
    name="password"
    label={page.say(messages).newPassword}
    hint={page.say(messages).atLeast}
    type="password"
    autocomplete="new-password"
    required
  />
);

/**
 * Takes the secret of a mailed link. The script fills it in from the fragment and hides it; without the script one copies
 * it. It is sent by a click and never before: mail scanners open pages too.
 */
export function Secret({ page, form }: Of) {
  const t = page.say(messages);
  const known = form.values["token"] ?? "";
  if (known !== "") return <input type="hidden" name="token" value={known} />;
  return (
    <div data-secret>
      <Field page={page} form={form} name="token" label={t.secret} hint={t.copy} maxlength={100} required />
    </div>
  );
}

/** The status of a page that shows a form again: nobody is asked for credentials by HTTP. */
export const statusOf = ({ failed }: Form): number => (failed?.status === 401 ? 422 : (failed?.status ?? 200));
