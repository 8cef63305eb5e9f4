/** @jsxImportSource hono/jsx */
import { Ask } from "../components/ask.tsx";
import { emptyForm } from "../kit/forms.ts";
import { pageRoutes } from "../kit/env.ts";
import { inLanguages } from "../kit/languages.ts";
import { show } from "../kit/show.tsx";

const messages = inLanguages({
  en: { title: "Sign out?", submit: "Sign out" },
  de: { title: "Abmelden?", submit: "Abmelden" },
});

/** Ends the session, or acting as somebody else. Opening the page ends nothing: another site could have led here. */
export const signOut = () =>
  pageRoutes()
    .get("/sign-out", async (c) => {
      const { page } = c.var;
      if (page.viewer === null) return c.redirect("/auth/sign-in", 303);
      const { title, submit } = page.say(messages);
      return show(c, { title }, <Ask page={page} form={emptyForm} title={title} submit={submit} back="/" />);
    })
    .post("/sign-out", async (c) => {
      if (c.var.page.viewer !== null) await c.var.page.api.auth("/sign-out", {});
      // A browser may keep pages in spite of no-store, and would show them on the way back.
      c.header("Clear-Site-Data", '"cache"');
      return c.redirect("/auth/sign-in", 303);
    })
    .post("/stop-acting", async (c) => {
      await c.var.page.api.auth("/admin/stop-impersonating", {});
      c.header("Clear-Site-Data", '"cache"');
      return c.redirect("/admin", 303);
    });
