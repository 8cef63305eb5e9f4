import { z } from "zod";
import { list, origin } from "./kinds.ts";

/** Where the service listens, what it is called, and which clients and proxies it trusts. */
export const serverSettings = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(3000).describe("Port to listen on; 0 picks a free one"),
  WORKERS: z
    .union([z.literal("auto"), z.coerce.number().int().min(1).max(64)], {
      error: "must be auto, or a number from 1 to 64",
    })
    .default(1)
    .describe("Processes that answer on `PORT`, each with a pool and a cache of its own; `auto` for one per core"),
  HOST: z.string().default("0.0.0.0").describe("Address to listen on"),
  BASE_URL: origin.optional().describe("Public origin of this service; `http://localhost:PORT` outside production"),
  STATE_DIR: z
    .string()
    .default(".gatehouse")
    .describe("Directory of the embedded database, of the secret that is made, and of mail that isn't sent"),
  TRUSTED_ORIGINS: list
    .pipe(z.array(origin))
    .describe("Origins of browser applications that may sign people in, separated by commas"),
  TRUSTED_PROXIES: list
    .pipe(z.array(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()])))
    .describe("Addresses or CIDR ranges of proxies whose `X-Forwarded-For` is believed, separated by commas"),
  NODE_ENV: z
    .enum(["development", "test", "production"])
    .default("development")
    .describe("`production` refuses guesses: it wants BASE_URL, AUTH_SECRET and DATABASE_URL"),
});

export const serverConfig = (env: z.infer<typeof serverSettings>) => ({
  port: env.PORT,
  host: env.HOST,
  workers: env.WORKERS,
  baseUrl: env.BASE_URL?.replace(/\/$/, "") ?? `http://localhost:${env.PORT}`,
  /** Where the embedded database, the generated secret and captured mail lie; without a slash at its end. */
  stateDirectory: env.STATE_DIR.replace(/(?<=.)\/+$/, ""),
  trustedOrigins: env.TRUSTED_ORIGINS,
  trustedProxies: env.TRUSTED_PROXIES,
  mode: env.NODE_ENV,
  /** Whether guesses are refused. */
  production: env.NODE_ENV === "production",
});

/** What is wrong with the settings together, by the setting to change. */
export const serverFaults = (given: Readonly<Record<string, string | undefined>>): [string, string][] =>
  (given["WORKERS"] ?? "1") !== "1" && !given["DATABASE_URL"]?.startsWith("postgres")
    ? [["WORKERS", "needs PostgreSQL in DATABASE_URL: an embedded database belongs to one process"]]
    : [];
