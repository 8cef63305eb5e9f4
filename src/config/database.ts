import { z } from "zod";
import { checked, count, urlFault, urlOf } from "./kinds.ts";

const tlsModes = ["disable", "prefer", "require", "verify-ca", "verify-full", "no-verify"];

function postgresFault(text: string, otherwise = ""): string | null {
  const form = `postgres://user:password@host:5432/database${otherwise}`;
  const fault = urlFault(text, ["postgres", "postgresql"], form);
  if (fault !== null || tlsModes.includes(urlOf(text).searchParams.get("sslmode") ?? "disable")) return fault;
  return `has an sslmode that isn't one of ${tlsModes.join(", ")}`;
}

/** Which database, and how long to wait for it. */
export const databaseSettings = z.object({
  DATABASE_URL: checked((text) => {
    if (text.startsWith("pglite:")) return text === "pglite:" ? "must name a directory, as in pglite:DIR" : null;
    return postgresFault(text, ", or pglite:DIR");
  })
    .optional()
    .describe("`postgres://…`, or `pglite:DIR` for an embedded database; `pglite:STATE_DIR/data` outside production"),
  DATABASE_DIRECT_URL: checked((text) => postgresFault(text))
    .optional()
    .describe("PostgreSQL itself, where `DATABASE_URL` leads to a pooler in transaction mode such as PgBouncer"),
  DATABASE_POOL_MAX: count(10).describe("Connections to PostgreSQL at most"),
  DATABASE_POOL_IDLE_MS: count(30_000, 0).describe("Milliseconds after which an idle connection is closed"),
  DATABASE_POOL_CONNECT_MS: count(5_000).describe("Milliseconds to wait for a connection before answering 503"),
  DATABASE_STATEMENT_MS: count(15_000).describe("Milliseconds that one statement may take"),
});

export const databaseConfig = (env: z.infer<typeof databaseSettings>, stateDirectory: string) => ({
  url: env.DATABASE_URL ?? `pglite:${stateDirectory}/data`,
  directUrl: env.DATABASE_DIRECT_URL,
  poolMax: env.DATABASE_POOL_MAX,
  idleTimeoutMs: env.DATABASE_POOL_IDLE_MS,
  connectTimeoutMs: env.DATABASE_POOL_CONNECT_MS,
  statementTimeoutMs: env.DATABASE_STATEMENT_MS,
});

/** What is wrong with the settings together, by the setting to change. */
export const databaseFaults = (given: Readonly<Record<string, string | undefined>>): [string, string][] =>
  given["DATABASE_DIRECT_URL"] && !given["DATABASE_URL"]?.startsWith("postgres")
    ? [["DATABASE_DIRECT_URL", "needs DATABASE_URL, which leads to the same database through the pooler"]]
    : [];
