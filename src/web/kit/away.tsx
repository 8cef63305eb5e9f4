/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv } from "../../http/page.ts";
import { inLanguages } from "./languages.ts";
import { show } from "./show.tsx";

const messages = inLanguages({
  en: { title: "On to your provider", text: "You are led there to sign in.", go: "Go on" },
  de: { title: "Weiter zum Anbieter", text: "Sie werden zur Anmeldung dorthin geleitet.", go: "Weiter" },
});

/**
 * Leads from a form to a provider's page. Not by a redirect: browsers hold those that follow a form to the policy's
 * `form-action`.
 *
 * @param url from better-auth, never from a request.
 */
export function leadAway(c: Context<PageEnv>, url: string): Promise<Response> {
  const t = c.var.page.say(messages);
  c.header("Refresh", `0; url=${url}`);
  return show(
    c,
    { title: t.title },
    <>
      <h1>{t.title}</h1>
      <p>{t.text}</p>
      <p>
        <a class="button primary" href={url}>
          {t.go}
        </a>
      </p>
    </>,
  );
}
