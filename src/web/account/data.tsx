/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv } from "../../http/page.ts";
import { Ask } from "../components/ask.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, besidePassword, emptyForm, type Form as FormState, readForm } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { leave } from "../kit/leave.ts";
import { proving } from "../kit/proving.ts";
import { show } from "../kit/show.tsx";
import { AccountFrame } from "./frame.tsx";
import { PasswordField } from "./password-field.tsx";

const messages = inLanguages({
  en: {
    title: "Your data",
    export: "Take it with you",
    exportText:
      "All that is kept of you, as one file: your account, and what is yours in each of your organizations. It holds no passwords or other secrets.",
    download: "Download your data",
    acting: "Only the person themselves downloads their data or deletes their account.",
    deletion: "Delete your account",
    deletionText: "Ends your account, and your memberships with it.",
    ask: "Delete your account?",
    goes: "Your name, your address, your ways to sign in, your preferences and your memberships go. You are signed out everywhere.",
    stays:
      "What you made in organizations stays with them, and so do their records of what you did there. This can't be undone.",
    submit: "Delete my account",
    deleted: "Your account is deleted.",
  },
  de: {
    title: "Ihre Daten",
    export: "Nehmen Sie sie mit",
    exportText:
      "Alles, was über Sie gespeichert ist, in einer Datei: Ihr Konto und was in Ihren Organisationen Ihnen gehört. Passwörter und andere Geheimnisse sind nicht darin.",
    download: "Daten herunterladen",
    acting: "Nur die Person selbst lädt ihre Daten herunter oder löscht ihr Konto.",
    deletion: "Konto löschen",
    deletionText: "Beendet Ihr Konto und mit ihm Ihre Mitgliedschaften.",
    ask: "Ihr Konto löschen?",
    goes: "Ihr Name, Ihre Adresse, Ihre Anmeldewege, Ihre Einstellungen und Ihre Mitgliedschaften verschwinden. Sie werden überall abgemeldet.",
    stays:
      "Was Sie in Organisationen angelegt haben, bleibt bei ihnen, ebenso ihre Aufzeichnungen darüber. Das lässt sich nicht rückgängig machen.",
    submit: "Mein Konto löschen",
    deleted: "Ihr Konto ist gelöscht.",
  },
});

/** What is kept of somebody: to take along, or to delete. */
export const data = () =>
  pageRoutes()
    .get("/", (c) => showData(c))
    .get("/delete", (c) => askDeletion(c, emptyForm))
    .post("/delete", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const password = form.exact("password");
      const proof = password === "" ? {} : { password };
      const end = () => proving(page, password, () => page.api.send("DELETE", "/v1/me", proof));
      const tried = await attempt(page, end, besidePassword());
      if ("failed" in tried) return askDeletion(c, form.again(tried.failed));
      // As on signing out: a browser may keep pages in spite of no-store.
      c.header("Clear-Site-Data", '"cache"');
      return leave(c, "/auth/sign-in", page.say(messages).deleted);
    });

function showData(c: Context<PageEnv>): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const acting = page.viewer?.impersonatorId !== null;
  return show(
    c,
    { title: t.title, frame: AccountFrame },
    <>
      <h1>{t.title}</h1>
      {acting ? (
        <p>{t.acting}</p>
      ) : (
        <>
          <h2>{t.export}</h2>
          <p>{t.exportText}</p>
          <p>
            <a class="button primary" href="/v1/me/export" download>
              {t.download}
            </a>
          </p>
          <h2>{t.deletion}</h2>
          <p>{t.deletionText}</p>
          <p>
            <a class="button danger" href="/account/data/delete">
              {t.deletion}
            </a>
          </p>
        </>
      )}
    </>,
  );
}

async function askDeletion(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.ask, status: form.failed?.status ?? 200, frame: AccountFrame },
    <Ask page={page} form={form} title={t.ask} submit={t.submit} back="/account/data">
      <div>
        <p>{t.goes}</p>
        <p>{t.stays}</p>
      </div>
      {await PasswordField({ c, form })}
    </Ask>,
  );
}
