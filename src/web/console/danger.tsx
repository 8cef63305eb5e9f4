/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv } from "../../http/page.ts";
import { Ask } from "../components/ask.tsx";
import { Field } from "../components/form.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, emptyForm, type Form as FormState, readForm, refused } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { leave } from "../kit/leave.ts";
import { needs, organizationOf } from "../kit/organization.ts";
import { show } from "../kit/show.tsx";
import { ConsoleFrame } from "./frame.tsx";

const messages = inLanguages({
  en: {
    title: "Danger zone",
    leave: "Leave the organization",
    leaveText: "You lose access to all of it. What you made stays.",
    leaveTitle: (name: string) => `Leave “${name}”?`,
    left: (name: string) => `You have left “${name}”.`,
    delete: "Delete the organization",
    deleteText: "Its members, keys and everything in it are deleted. This can't be undone.",
    deleteTitle: (name: string) => `Delete “${name}”?`,
    typed: (name: string) => `Type “${name}” to say that you mean it.`,
    name: "Name of the organization",
    other: "This isn't its name.",
    deleted: (name: string) => `“${name}” is deleted.`,
  },
  de: {
    title: "Gefahrenbereich",
    leave: "Organisation verlassen",
    leaveText: "Sie verlieren den Zugang zu allem darin. Was Sie angelegt haben, bleibt.",
    leaveTitle: (name: string) => `„${name}“ verlassen?`,
    left: (name: string) => `Sie haben „${name}“ verlassen.`,
    delete: "Organisation löschen",
    deleteText: "Mitglieder, Schlüssel und alles darin werden gelöscht. Das lässt sich nicht rückgängig machen.",
    deleteTitle: (name: string) => `„${name}“ löschen?`,
    typed: (name: string) => `Schreiben Sie „${name}“, damit klar ist, dass Sie es so meinen.`,
    name: "Name der Organisation",
    other: "So heißt sie nicht.",
    deleted: (name: string) => `„${name}“ ist gelöscht.`,
  },
});

const home = "/account/organizations";

/** The ways out of an organization. */
export const danger = () =>
  pageRoutes()
    .get("/", (c) => showDanger(c))
    .get("/leave", (c) => showLeave(c, emptyForm))
    .post("/leave", async (c) => {
      const { page } = c.var;
      const { api, name } = organizationOf(page);
      const form = await readForm(c);
      const tried = await attempt(page, () => page.api.send("DELETE", api("/members/me")));
      if ("failed" in tried) return showLeave(c, form.again(tried.failed));
      return leave(c, home, page.say(messages).left(name));
    })
    .get("/delete", needs("organization:delete"), (c) => showDelete(c, emptyForm))
    .post("/delete", async (c) => {
      const { page } = c.var;
      const t = page.say(messages);
      const { api, name } = organizationOf(page);
      const form = await readForm(c);
      if (form.text("name") !== name.trim()) return showDelete(c, form.again(refused(page, { name: t.other })));
      const tried = await attempt(page, () => page.api.send("DELETE", api()));
      if ("failed" in tried) return showDelete(c, form.again(tried.failed));
      return leave(c, home, t.deleted(name));
    });

function showDanger(c: Context<PageEnv>): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { at } = organizationOf(page);
  return show(
    c,
    { title: t.title, frame: ConsoleFrame },
    <>
      <h1>{t.title}</h1>
      <h2>{t.leave}</h2>
      <p>{t.leaveText}</p>
      <a class="button danger" href={at("/danger/leave")}>
        {t.leave}
      </a>
      {page.may("organization:delete") ? (
        <>
          <h2>{t.delete}</h2>
          <p>{t.deleteText}</p>
          <a class="button danger" href={at("/danger/delete")}>
            {t.delete}
          </a>
        </>
      ) : null}
    </>,
  );
}

function showLeave(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { at, name } = organizationOf(page);
  const title = t.leaveTitle(name);
  return show(
    c,
    { title, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <Ask page={page} form={form} title={title} submit={t.leave} back={at("/danger")}>
      <p>{t.leaveText}</p>
    </Ask>,
  );
}

function showDelete(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { at, name } = organizationOf(page);
  const title = t.deleteTitle(name);
  return show(
    c,
    { title, status: form.failed?.status ?? 200, frame: ConsoleFrame },
    <Ask page={page} form={form} title={title} submit={t.delete} back={at("/danger")}>
      <p>{t.deleteText}</p>
      <Field page={page} form={form} name="name" label={t.name} hint={t.typed(name)} required />
    </Ask>,
  );
}
