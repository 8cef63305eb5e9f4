/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { NotFound } from "../../core/problem.ts";
import type { PageEnv, Wire } from "../../http/page.ts";
import type { SignInMethods } from "../../modules/account/me/index.ts";
import { Ask } from "../components/ask.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, emptyForm, type Form as FormState } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { leave } from "../kit/leave.ts";
import { recentOnly } from "../kit/recent.ts";
import { show } from "../kit/show.tsx";
import { AccountFrame } from "./frame.tsx";
import { signInMethodsPath } from "./sign-in-methods.tsx";

const messages = inLanguages({
  en: {
    ask: (name: string) => `Disconnect ${name}?`,
    what: "It can't sign you in any more, and you are signed out on all other devices. Your account there stays.",
    disconnect: "Disconnect",
    disconnected: "Disconnected.",
  },
  de: {
    ask: (name: string) => `${name} trennen?`,
    what: "Damit können Sie sich nicht mehr anmelden, und auf allen anderen Geräten werden Sie abgemeldet. Ihr Konto dort bleibt.",
    disconnect: "Trennen",
    disconnected: "Getrennt.",
  },
});

/** Disconnects accounts elsewhere that somebody signs in by. */
export const providers = () =>
  pageRoutes()
    .get("/:id/disconnect", (c) => askDisconnect(c, emptyForm))
    .post("/:id/disconnect", async (c) => {
      const { page } = c.var;
      const { id: accountId } = await connected(c);
      const tried = await attempt(page, () => page.api.auth("/unlink-account", { accountId }));
      if ("failed" in tried) return askDisconnect(c, { ...emptyForm, failed: tried.failed });
      return leave(c, signInMethodsPath, page.say(messages).disconnected);
    });

/** What the path names of the person's connected accounts. @throws 404 for anything else, such as the password. */
async function connected(c: Context<PageEnv>) {
  const { providers } = await c.var.page.api.get<Wire<SignInMethods>>("/v1/me/sign-in-methods");
  const found = providers.find(({ id }) => id === c.req.param("id"));
  if (!found) throw NotFound("There is no such account.");
  return found;
}

async function askDisconnect(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  recentOnly(c.var.page);
  const t = page.say(messages);
  const title = t.ask((await connected(c)).label);
  return show(
    c,
    { title, status: form.failed?.status ?? 200, frame: AccountFrame },
    <Ask page={page} form={form} title={title} submit={t.disconnect} back={signInMethodsPath}>
      <p>{t.what}</p>
    </Ask>,
  );
}
