import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { auditedAdapter } from "./auth/adapter.ts";
import { type Auth, createAuth } from "./auth/auth.ts";
import { type AuthHandler, createAuthHandler } from "./auth/handler.ts";
import { limitedHandler } from "./auth/limits.ts";
import { fileMailer, type Mailer, smtpMailer } from "./auth/mail.ts";
import { queuedHandler } from "./auth/password-queue.ts";
import { openPasswords, type Passwords } from "./auth/passwords.ts";
import { requestLimits } from "./auth/requests.ts";
import { organizationGuard } from "./auth/organization-guard.ts";
import { signingKeys } from "./auth/signing-keys.ts";
import type { Config } from "./config.ts";
import type { AuditAction, RecordAudit } from "./core/audit.ts";
import type { Clock } from "./core/clock.ts";
import { createLog, type Logger } from "./core/log.ts";
import { type Catalogue, catalogueFrom, type RolePermissions } from "./core/permission.ts";
import { type Database, openDatabase } from "./db/client.ts";
import type { Module } from "./http/module.ts";
import { type Limiter, openLimiter, unlimited } from "./limits/limiter.ts";
import { modules as ours } from "./modules.ts";
import { auditRecorder } from "./modules/audit-events/index.ts";
import { provisionOrganization } from "./modules/organizations/index.ts";
import { provisionUser } from "./modules/profile/index.ts";
import * as schema from "./schema.ts";
import { type Credentials, credentialReader } from "./verify/credential.ts";
import { standingReader } from "./verify/standing.ts";
import { createVerifier, type Verifier } from "./verify/verifier.ts";

/** Everything that the service is made of, constructed once. What `Overrides` names can be given instead. */
export type Deps = {
  config: Config;
  log: Logger;
  clock: Clock;
  database: Database;
  mailer: Mailer;
  /** Every resource that is served, in the order of the reference. */
  modules: readonly Module[];
  /** What the modules declare: permissions, modules, built-in roles. */
  catalogue: Catalogue;
  roles: RolePermissions;
  recordAudit: RecordAudit;
  /** Hears of each change that has been committed here. */
  committed(action: AuditAction): void;
  auth: Auth;
  authHandler: AuthHandler;
  credentials: Credentials;
  verifier: Verifier;
  limiter: Limiter;
  /** Where the secret that signs and encrypts comes from. */
  secret: string;
  close(): Promise<void>;
};

export type Overrides = Partial<Pick<Deps, "log" | "clock" | "database" | "mailer" | "modules">> & {
  /** A cheaper hash, for tests. */
  passwords?: Pick<Passwords, "hash" | "verify">;
};

/**
 * Constructs the service's parts.
 *
 * @param secret signs cookies and cursors and encrypts keys; at least 32 characters.
 * @throws when the database can't be opened.
 */
export async function openDeps(config: Config, secret: string, overrides: Overrides = {}): Promise<Deps> {
  const log = overrides.log ?? createLog(config.LOG_LEVEL);
  const clock = overrides.clock ?? (() => new Date());
  const database = overrides.database ?? (await openConfigured(config, log));
  const mailer = overrides.mailer ?? openMailer(config);
  const { modules = ours } = overrides;
  const catalogue = catalogueFrom(modules);
  const { roles } = catalogue;
  const recordAudit = auditRecorder(clock);
  const provision = { user: provisionUser(clock), organization: provisionOrganization(clock, config.TRIAL_DAYS) };
  const limiter = config.RATE_LIMIT ? await openLimiter({ database, clock, log }, config.REDIS_URL) : unlimited;
  const requests = config.RATE_LIMIT ? requestLimits(limiter) : null;
  const threads = hashingThreads();
  const passwords = openPasswords(threads);
  const auth = createAuth({
    baseUrl: config.BASE_URL,
    secret,
    trustedOrigins: config.TRUSTED_ORIGINS,
    sessionMaxAge: config.SESSION_MAX_AGE,
    sessionUpdateAge: config.SESSION_UPDATE_AGE,
    requests,
    catalogue,
    adapter: auditedAdapter({ database, schema, recordAudit, provision }),
    signingKeys: signingKeys(database),
    mailer,
    log,
    passwords: overrides.passwords ?? passwords,
  });
  const credentials = credentialReader(secret, config.BASE_URL.startsWith("https://"));
  const verifier = createVerifier({
    database,
    catalogue,
    clock,
    log,
    credentials,
    cacheSize: config.VERIFY_CACHE_SIZE,
  });
  const guard = organizationGuard({ auth, catalogue, database, standing: standingReader({ catalogue, database }) });
  // At most half of the connections: some of these requests hash inside a transaction.
  const atOnce = Math.min(threads + 1, Math.max(1, Math.floor(config.DATABASE_POOL_MAX / 2)));
  const authHandler = queuedHandler(await createAuthHandler(auth, log, guard, () => verifier.fence()), {
    atOnce,
    waiting: threads * waitingPerThread,
  });
  return {
    config,
    log,
    clock,
    database,
    mailer,
    modules,
    catalogue,
    roles,
    recordAudit,
    committed(action) {
      if (decisive.test(action)) verifier.fence();
    },
    auth,
    authHandler: requests ? limitedHandler(authHandler, limiter, requests) : authHandler,
    credentials,
    verifier,
    limiter,
    secret,
    async close() {
      await verifier.close();
      await limiter.close();
      await passwords.close();
      if (!overrides.mailer) mailer.close();
      if (!overrides.database) await database.close();
    },
  };
}

/** One core is left to what answers requests; each thread takes 32 MiB while it hashes. */
const hashingThreads = (): number => Math.min(4, Math.max(1, availableParallelism() - 1));

// Some five seconds' worth of hashing: who would wait longer has given up.
const waitingPerThread = 100;

// The entities that triggers announce: what somebody may do next depends on them.
const decisive = /^(organization|member|role|invitation|apiKey|session|user|entitlement)\./;

/** Opens the database that the settings name, with the settings' limits. */
export function openConfigured(config: Config, log: Logger): Promise<Database> {
  return openDatabase({
    url: config.DATABASE_URL,
    schema,
    directUrl: config.DATABASE_DIRECT_URL,
    poolMax: config.DATABASE_POOL_MAX,
    idleTimeoutMs: config.DATABASE_POOL_IDLE_MS,
    connectTimeoutMs: config.DATABASE_POOL_CONNECT_MS,
    statementTimeoutMs: config.DATABASE_STATEMENT_MS,
    ...(config.LOG_QUERIES
      ? { onQuery: (text, params, ms) => log.info({ query: text, params, ms: Math.round(ms * 10) / 10 }, "query") }
      : {}),
  });
}

function openMailer(config: Config): Mailer {
  if (config.SMTP_URL) return smtpMailer(config.SMTP_URL, config.MAIL_FROM);
  mkdirSync(config.stateDirectory, { recursive: true, mode: 0o700 });
  return fileMailer(`${config.stateDirectory}/mail`, config.MAIL_FROM);
}
