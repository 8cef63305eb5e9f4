import { z } from "zod";
import { count } from "./kinds.ts";

/** Which database, and how long to wait for it. */
export const databaseSettings = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^(postgres(ql)?:\/\/|pglite:)/, "must start with postgres:// or pglite:")
    .optional()
    .describe("`postgres://…`, or `pglite:DIR` for an embedded database; `pglite:STATE_DIR/data` outside production"),
  DATABASE_DIRECT_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must start with postgres://")
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
