import { pageRoutes } from "./kit/env.ts";
import { leave } from "./kit/leave.ts";

/** Where one ends up: the account when signed in, else the sign-in page. What was to be told is told there. */
export const home = () =>
  pageRoutes().get("/", (c) =>
    leave(c, c.var.page.viewer === null ? "/auth/sign-in" : "/account", c.var.page.told ?? undefined),
  );
