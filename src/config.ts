import { z } from "zod";

const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean),
  );
const count = (otherwise: number, least = 1) => z.coerce.number().int().min(least).default(otherwise);
const origin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text.replace(/\/$/, ""), {
  error: "must be an origin such as https://app.example.com, without a path",
});
const flag = z.enum(["on", "off"]);

/** Every setting, an environment variable each. The README's table is generated from this schema. */
export const settings = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(3000).describe("Port to listen on; 0 picks a free one"),
  HOST: z.string().default("0.0.0.0").describe("Address to listen on"),
  BASE_URL: origin.optional().describe("Public origin of this service; `http://localhost:PORT` outside production"),
  DATABASE_URL: z
    .string()
    .regex(/^(postgres(ql)?:\/\/|pglite:)/, "must start with postgres:// or pglite:")
    .optional()
    .describe("`postgres://…`, or `pglite:DIR` for an embedded database; `pglite:STATE_DIR/data` outside production"),
  STATE_DIR: z
    .string()
    .default(".gatehouse")
    .describe("Directory of the embedded database, of the secret that is made, and of mail that isn't sent"),
  DATABASE_DIRECT_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must start with postgres://")
    .optional()
    .describe("PostgreSQL past a pooler, for LISTEN; `DATABASE_URL` where it isn't set"),
  DATABASE_POOL_MAX: count(10).describe("Connections to PostgreSQL at most"),
  DATABASE_POOL_IDLE_MS: count(30_000, 0).describe("Milliseconds after which an idle connection is closed"),
  DATABASE_POOL_CONNECT_MS: count(5_000).describe("Milliseconds to wait for a connection before answering 503"),
  DATABASE_STATEMENT_MS: count(15_000).describe("Milliseconds that one statement may take"),
  AUTH_SECRET: z
    .string()
    .min(32, "must have at least 32 characters (openssl rand -base64 32)")
    .optional()
    .describe("Signs cookies and encrypts keys; made and kept under `STATE_DIR` outside production"),
  TRUSTED_ORIGINS: list
    .pipe(z.array(origin))
    .describe("Origins of browser applications that may sign people in, separated by commas"),
  TRUSTED_PROXIES: list
    .pipe(z.array(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()])))
    .describe("Addresses or CIDR ranges of proxies whose `X-Forwarded-For` is believed, separated by commas"),
  SESSION_MAX_AGE: count(30 * 24 * 3600, 60).describe("Seconds that a session lives without use"),
  SESSION_UPDATE_AGE: count(24 * 3600, 0).describe("Seconds after which a session in use is extended"),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, "must start with redis:// or rediss://")
    .optional()
    .describe("Redis to count rate limits in, over all replicas; PostgreSQL where it isn't set"),
  RATE_LIMIT: flag.default("on").describe("`off` lifts all limits but those of API keys, for load tests"),
  RATE_LIMIT_PER_MINUTE: count(1_000).describe("Requests under /v1 that one session or API key may make in a minute"),
  VERIFY_CACHE_SIZE: count(20_000, 0).describe(
    "Verified credentials kept in memory, some 10 KB each; 0 reads the database each time",
  ),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, "must start with smtp:// or smtps://")
    .optional()
    .describe("Mail server; without one, mail is written to `STATE_DIR/mail/`"),
  MAIL_FROM: z.string().default("Gatehouse <no-reply@localhost>").describe("Sender of mail"),
  TRASH_RETENTION_DAYS: count(30).describe("Days that deleted projects and tasks stay restorable"),
  TRIAL_DAYS: count(14, 0).describe("Days of trial that a new organization gets"),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("info")
    .describe("Least severe level that is logged"),
  LOG_QUERIES: flag.default("off").describe("`on` logs each statement's text and time, never its parameters"),
  NODE_ENV: z
    .enum(["development", "test", "production"])
    .default("development")
    .describe("`production` refuses guesses: it wants BASE_URL, AUTH_SECRET and DATABASE_URL"),
});

type Settings = z.infer<typeof settings>;

export type Config = Omit<Settings, "BASE_URL" | "DATABASE_URL" | "STATE_DIR" | "RATE_LIMIT" | "LOG_QUERIES"> & {
  BASE_URL: string;
  DATABASE_URL: string;
  RATE_LIMIT: boolean;
  LOG_QUERIES: boolean;
  /** Whether guesses are refused. */
  production: boolean;
  /** Where the embedded database, the generated secret and captured mail lie. */
  stateDirectory: string;
};

/** All that is wrong with the environment, at once. */
export class ConfigError extends Error {
  override name = "ConfigError";
  constructor(readonly faults: readonly string[]) {
    super(`the settings are wrong:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  }
}

/** Whether this environment means production, also where other settings are wrong. */
export const meansProduction = (env: Record<string, string | undefined>): boolean => env["NODE_ENV"] === "production";

/**
 * Reads the settings. Pure: touches neither the environment nor the disk.
 *
 * @param env variable names to values; an empty value counts as unset.
 * @throws ConfigError naming every fault.
 */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = settings.safeParse(given);
  const faults = new Map(given["NODE_ENV"] === "production" ? productionFaults(given) : []);
  for (const { path, message } of parsed.error?.issues ?? []) faults.set(path.join("."), message);
  if (!parsed.success || faults.size > 0) throw new ConfigError([...faults].map((fault) => fault.join(": ")));
  const { BASE_URL, DATABASE_URL, STATE_DIR, RATE_LIMIT, LOG_QUERIES, ...rest } = parsed.data;
  const production = rest.NODE_ENV === "production";
  const stateDirectory = STATE_DIR.replace(/(?<=.)\/+$/, "");
  return {
    ...rest,
    BASE_URL: BASE_URL?.replace(/\/$/, "") ?? `http://localhost:${rest.PORT}`,
    DATABASE_URL: DATABASE_URL ?? `pglite:${stateDirectory}/data`,
    RATE_LIMIT: RATE_LIMIT === "on",
    LOG_QUERIES: LOG_QUERIES === "on",
    production,
    stateDirectory,
  };
}

function productionFaults(given: Record<string, string | undefined>): [string, string][] {
  const faults: [string, string][] = [];
  if (!given["BASE_URL"]) faults.push(["BASE_URL", "must be set in production, to the public https origin"]);
  else if (!given["BASE_URL"].startsWith("https://")) faults.push(["BASE_URL", "must be https in production"]);
  if (!given["AUTH_SECRET"]) faults.push(["AUTH_SECRET", "must be set in production (openssl rand -base64 32)"]);
  if (!given["DATABASE_URL"]) {
    faults.push(["DATABASE_URL", "must be set in production; pglite:DIR asks for an embedded database by name"]);
  }
  return faults;
}
