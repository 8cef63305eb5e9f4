/** @jsxImportSource hono/jsx */
import { pageRoutes } from "../kit/env.ts";
import { show } from "../kit/show.tsx";
import { ConsoleFrame } from "./frame.tsx";

/** What there is in an organization. */
export const overview = () =>
  pageRoutes().get("/", (c) => {
    const name = c.var.page.organization?.name ?? "";
    return show(c, { title: name, frame: ConsoleFrame }, <h1>{name}</h1>);
  });
