import { pageRoutes } from "../kit/env.ts";

/** Ends the session, or acting as somebody else. */
export const signOut = () =>
  pageRoutes()
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
