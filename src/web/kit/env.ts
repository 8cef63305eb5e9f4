import { Hono } from "hono";
import type { Clock } from "../../core/clock.ts";
import type { Logger } from "../../ops/log.ts";
import type { Inner, PageEnv, Site } from "../../http/page.ts";

/** What pages are made over. */
export type PagePorts = {
  config: {
    server: { baseUrl: string; trustedOrigins: readonly string[] };
    brand: Site["brand"];
    signIn: { sessionMaxAge: number; sessionUpdateAge: number; freshAge: number };
  };
  log: Logger;
  clock: Clock;
  /** Signs what is told to the next page. */
  secret: string;
  /** Whether an error means that the database is away. */
  isUnavailable(err: unknown): boolean;
  inner: Inner;
  site: Site;
};

/** Routes that answer with pages. */
export const pageRoutes = () => new Hono<PageEnv>();
