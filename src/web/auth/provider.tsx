/** @jsxImportSource hono/jsx */
import { pageRoutes } from "../kit/env.ts";
import { readForm } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { returnTo, withReturn } from "../kit/return-to.ts";
import { show } from "../kit/show.tsx";
import { through } from "./through.ts";

const messages = inLanguages({
  en: { title: "On to your provider", text: "You are led there to sign in.", go: "Go on" },
  de: { title: "Weiter zum Anbieter", text: "Sie werden zur Anmeldung dorthin geleitet.", go: "Weiter" },
});

/** Sign-in by a provider: the way there, and where one comes back to. */
export const provider = () =>
  pageRoutes()
    .post("/provider", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const place = returnTo(c, form.text("return_to"));
      const named = form.text("provider");
      const at = (path: string) => new URL(withReturn(path, place), c.req.url).href;
      const { url = "/auth/error" } = await page.api.auth<{ url?: string }>("/sign-in/social", {
        provider: named,
        callbackURL: at(`/auth/continue?by=${encodeURIComponent(named)}`),
        errorCallbackURL: at("/auth/error"),
      });
      const t = page.say(messages);
      // Not a redirect: browsers hold those that follow a form to the policy's `form-action`.
      c.header("Refresh", `0; url=${new URL(url, c.req.url).href}`);
      return show(
        c,
        { title: t.title },
        <>
          <h1>{t.title}</h1>
          <p>{t.text}</p>
          <p>
            <a class="button primary" href={new URL(url, c.req.url).href}>
              {t.go}
            </a>
          </p>
        </>,
      );
    })
    .get("/continue", (c) => {
      const asked = c.req.query("twoFactorRedirect") === "true";
      const place = returnTo(c, c.req.query("return_to"));
      return through(c, { twoFactorRedirect: asked }, place, c.req.query("by") ?? "");
    });
