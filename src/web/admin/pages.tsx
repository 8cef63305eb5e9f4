/** @jsxImportSource hono/jsx */
import { pageRoutes } from "../kit/env.ts";
import { show } from "../kit/show.tsx";
import { common } from "../messages/common.ts";
import { AdminFrame } from "./frame.tsx";

/** The pages under /admin, for platform administrators. */
export const adminPages = () =>
  pageRoutes().get("/", (c) => {
    const title = c.var.page.say(common).administration;
    return show(c, { title, frame: AdminFrame }, <h1>{title}</h1>);
  });
