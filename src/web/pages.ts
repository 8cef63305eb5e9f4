import { Hono, type MiddlewareHandler } from "hono";

import type { Module } from "../http/module.ts";
import type { PageEnv, Site } from "../http/page.ts";
import { accountPages } from "./account/pages.ts";
import { adminPages } from "./admin/pages.ts";
import { openAssets } from "./assets.ts";
import { authPages } from "./auth/pages.ts";
import { choicePages } from "./choices.ts";
import { consolePages } from "./console/pages.ts";
import { home } from "./home.ts";
import { administratorsOnly, enterPages, membersOnly, signedInOnly } from "./kit/enter.ts";
import { pageRoutes, type PagePorts } from "./kit/env.ts";
import { notFoundPage, pageFailures } from "./kit/failed.tsx";
import { ownFormsOnly } from "./kit/forgery.ts";
import { pageHeaders } from "./kit/headers.ts";
import { referencePages } from "./reference/pages.tsx";

type Ports = Omit<PagePorts, "site"> & {
  modules: readonly Pick<Module, "events" | "pages" | "trash" | "words" | "names">[];
};

/** Every page: what is open to all, what is about oneself, what is an organization's, what is the platform's. */
export function createPages(ports: Ports): Hono<PageEnv> {
  const { config } = ports;
  const assets = openAssets(config.brand);
  const pages = ports.modules.flatMap((module) => module.pages ?? []);
  const trash = ports.modules.flatMap((module) => module.trash ?? []);
  const events = ports.modules.flatMap((module) => Object.keys(module.events ?? {}));
  const words = Object.assign({}, ...ports.modules.map((module) => module.words ?? {})) as Site["words"];
  const names = Object.assign({}, ...ports.modules.map((module) => module.names ?? {})) as Site["names"];
  const site: Site = {
    baseUrl: config.server.baseUrl,
    brand: config.brand,
    assets: assets.paths,
    pages,
    trash,
    events,
    words,
    names,
  };
  const whole: PagePorts = { ...ports, site };
  const enter = [
    pageHeaders(config.server.trustedOrigins, config.brand.logoUrl),
    enterPages(whole),
    ownFormsOnly(config.server.baseUrl),
  ] as const;
  const all = new Hono<PageEnv>().route("/", assets.routes);
  /** @param at what below `path` is pages; all of it where it isn't given. */
  const area = (path: string, routes: Hono<PageEnv>, guards: readonly MiddlewareHandler<PageEnv>[], at?: string[]) => {
    const around = pageRoutes();
    around.onError(pageFailures(ports));
    for (const each of at ?? ["*"]) around.use(each, ...enter, ...guards);
    around.route("/", routes);
    if (at === undefined) around.all("*", notFoundPage);
    all.route(path, around);
  };
  area("/", home().route("/", choicePages()), [], ["/", "/language"]);
  area("/auth", authPages(), []);
  area("/account", accountPages(), [signedInOnly]);
  area("/console/:org", consolePages(pages), [membersOnly]);
  area("/admin", adminPages(), [administratorsOnly]);
  area("/docs", referencePages(), []);
  return all;
}
