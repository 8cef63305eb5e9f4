import { z } from "zod";
import { backupConfig, backupFaults, backupSettings } from "./backup.ts";
import { brandConfig, brandSettings } from "./brand.ts";
import { cookieConfig, cookieFaults, cookieSettings } from "./cookies.ts";
import { databaseConfig, databaseFaults, databaseSettings } from "./database.ts";
import { historyConfig, historySettings } from "./history.ts";
import { limitConfig, limitSettings } from "./limits.ts";
import { logConfig, logSettings } from "./log.ts";
import { mailConfig, mailSettings } from "./mail.ts";
import { metricsConfig, metricsSettings } from "./metrics.ts";
import { nearlySetting } from "./misspelled.ts";
import { providerConfig, providerFaults, providerSettings } from "./providers.ts";
import { retentionConfig, retentionSettings } from "./retention.ts";
import { serverConfig, serverFaults, serverSettings } from "./server.ts";
import { signInConfig, signInFaults, signInSettings } from "./sign-in.ts";
import { verificationConfig, verificationSettings } from "./verification.ts";

/** Every setting, an environment variable each, section by section. The README's table is generated from this schema. */
export const settings = z.object({
  ...serverSettings.shape,
  ...databaseSettings.shape,
  ...signInSettings.shape,
  ...providerSettings.shape,
  ...cookieSettings.shape,
  ...limitSettings.shape,
  ...verificationSettings.shape,
  ...mailSettings.shape,
  ...brandSettings.shape,
  ...retentionSettings.shape,
  ...backupSettings.shape,
  ...historySettings.shape,
  ...logSettings.shape,
  ...metricsSettings.shape,
});

type Env = Readonly<Record<string, string | undefined>>;

/** The settings by section, with every default in place. */
export type Config = ReturnType<typeof configOf>;

function configOf(env: z.infer<typeof settings>, given: Env) {
  const server = serverConfig(env);
  return {
    server,
    database: databaseConfig(env, server.stateDirectory),
    signIn: { ...signInConfig(env), providers: providerConfig(given) },
    cookies: cookieConfig(env, server.baseUrl),
    limits: limitConfig(env),
    verification: verificationConfig(env),
    mail: mailConfig(env, server.stateDirectory),
    brand: brandConfig(env),
    retention: retentionConfig(env),
    backup: backupConfig(env, server.stateDirectory),
    history: historyConfig(env),
    log: logConfig(env),
    metrics: metricsConfig(env),
  };
}

/** All that is wrong with the environment, at once. */
export class ConfigError extends Error {
  override name = "ConfigError";
  constructor(readonly faults: readonly string[]) {
    super(`the settings are wrong:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  }
}

/**
 * Reads the settings. Pure: touches neither the environment nor the disk.
 *
 * @param env variable names to values; an empty value counts as unset.
 * @throws ConfigError naming every fault, and every variable that is nearly a setting.
 */
export function parseConfig(env: Env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = settings.safeParse(given);
  const faults = new Map([
    ...misspellings(given),
    ...backupFaults(given),
    ...cookieFaults(given),
    ...databaseFaults(given),
    ...providerFaults(given),
    ...serverFaults(given),
    ...signInFaults(given),
    ...productionFaults(given),
  ]);
  for (const { path, message } of parsed.error?.issues ?? []) faults.set(path.join("."), message);
  if (!parsed.success || faults.size > 0) throw new ConfigError([...faults].map((fault) => fault.join(": ")));
  return configOf(parsed.data, given);
}

function misspellings(given: Env): [string, string][] {
  const names = new Set(Object.keys(settings.shape));
  return Object.keys(given).flatMap((name): [string, string][] => {
    const meant = nearlySetting(name, names);
    return meant === undefined ? [] : [[name, `isn't a setting; did you mean ${meant}?`]];
  });
}

function productionFaults(given: Env): [string, string][] {
  if (given["NODE_ENV"] !== "production") return [];
  const faults: [string, string][] = [];
  if (!given["BASE_URL"]) faults.push(["BASE_URL", "must be set in production, to the public https origin"]);
  else if (!given["BASE_URL"].startsWith("https://")) faults.push(["BASE_URL", "must be https in production"]);
  if (!given["AUTH_SECRET"]) faults.push(["AUTH_SECRET", "must be set in production (openssl rand -base64 32)"]);
  if (!given["DATABASE_URL"]) {
    faults.push(["DATABASE_URL", "must be set in production; pglite:DIR asks for an embedded database by name"]);
  }
  return faults;
}
