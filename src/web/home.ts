import { pageRoutes } from "./kit/env.ts";

/** Where one ends up: the account when signed in, else the sign-in page. */
export const home = () =>
  pageRoutes().get("/", (c) => c.redirect(c.var.page.viewer === null ? "/auth/sign-in" : "/account", 303));
