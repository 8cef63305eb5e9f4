import { leadAway } from "../kit/away.tsx";
import { pageRoutes } from "../kit/env.ts";
import { readForm } from "../kit/forms.ts";
import { returnTo, withReturn } from "../kit/return-to.ts";
import { through } from "./through.ts";

/** Sign-in by a provider: the way there, and where one comes back to. */
export const provider = () =>
  pageRoutes()
    .post("/provider", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const place = returnTo(c, form.text("return_to"));
      const named = form.text("provider");
      const at = (path: string) => new URL(withReturn(path, place), c.var.page.site.baseUrl).href;
      const { url = "/auth/error" } = await page.api.auth<{ url?: string }>("/sign-in/social", {
        provider: named,
        callbackURL: at(`/auth/continue?by=${encodeURIComponent(named)}`),
        errorCallbackURL: at("/auth/error"),
      });
      return leadAway(c, new URL(url, c.var.page.site.baseUrl).href);
    })
    .get("/continue", (c) => {
      const asked = c.req.query("twoFactorRedirect") === "true";
      const place = returnTo(c, c.req.query("return_to"));
      return through(c, { twoFactorRedirect: asked }, place, c.req.query("by") ?? "");
    });
