import { auditedAdapter } from "./auth/store/adapter.ts";
import { assuranceOf } from "./auth/store/assurance.ts";
import { type Auth, createAuth } from "./auth/options.ts";
import { beginning } from "./auth/mount/routes.ts";
import { type AuthHandler, createAuthHandler } from "./auth/mount/handler.ts";
import { mayEnter } from "./directory/memberships.ts";
import { type Mailer, openMailer } from "./mail/mailer.ts";
import { letters, openPost, type Post } from "./mail/outbox.ts";
import { letterSender } from "./mail/send.ts";
import { guardedPasswords } from "./auth/guard/passwords.ts";
import { hashRenewal } from "./auth/store/renewed-hashes.ts";
import { hashingThreads, openPasswords, type Passwords } from "./passwords/hash.ts";
import { openRules } from "./passwords/rules.ts";
import { requestLimits } from "./auth/mount/rate-limit-storage.ts";
import { organizationGuard } from "./auth/guard/organization.ts";
import { signingKeys } from "./auth/store/signing-keys.ts";
import { relyingParty } from "./config/sign-in.ts";
import type { Config } from "./config/index.ts";
import type { RecordAudit } from "./core/scope.ts";
import { sessionCookie } from "./core/cookie.ts";
import { type InvitationProof, invitationProof } from "./core/invitation-proof.ts";
import type { Clock } from "./core/clock.ts";
import { type CursorCodec, cursorCodec } from "./core/page.ts";
import { type Logger, openLog } from "./ops/log.ts";
import { type Catalogue, catalogueFrom, type RolePermissions } from "./core/access/permission.ts";
import { violations } from "./db/errors.ts";
import { openDatabase } from "./db/open.ts";
import type { Database, Tx } from "./db/types.ts";
import { type Directory, openDirectory } from "./directory/directory.ts";
import { findUserId } from "./directory/users.ts";
import { type DatabaseHealth, databaseHealth } from "./ops/health.ts";
import { type Metrics, noMetrics, openMetrics } from "./ops/metrics.ts";
import { release } from "./ops/release.ts";
import type { Services } from "./gate.ts";
import type { Module, Provision, Provisioner } from "./http/module.ts";
import { openLimiter, unlimited } from "./limits/limiter.ts";
import type { Limiter } from "./core/rate-limit.ts";
import { modules as ours } from "./modules.ts";
import { mailPreferences } from "./modules/account/preferences/index.ts";
import { auditRecorder } from "./modules/platform/audit-events/index.ts";
import { handler } from "./queue/handler.ts";
import { openQueue, type Queue } from "./queue/queue.ts";
import { openSealer } from "./queue/seal.ts";
import { openWorker, type Worker } from "./queue/worker.ts";
import * as schema from "./schema.ts";
import { type Credentials, credentialReader } from "./verify/present.ts";
import { type StandingReader, standingReader } from "./verify/load/effective.ts";
import { decides } from "./verify/decisive.ts";
import { createVerifier, type Verifier } from "./verify/verifier.ts";

/** Everything that the service is made of, constructed once. What `Overrides` names can be given instead. */
export type Deps = {
  config: Config;
  log: Logger;
  metrics: Metrics;
  clock: Clock;
  database: Database;
  mailer: Mailer;
  /** Queues mail, in the transaction that it is about. */
  post: Post;
  queue: Queue;
  /** Does what is queued, once it is started. */
  worker: Worker;
  /** Every resource that is served, in the order of the reference. */
  modules: readonly Module<Services>[];
  /** What the modules declare: permissions, modules, built-in roles. */
  catalogue: Catalogue;
  roles: RolePermissions;
  recordAudit: RecordAudit;
  provision: Provisioner;
  cursors: CursorCodec;
  violations(err: unknown): readonly string[];
  /** Hears of each change that has been committed here, as `noun.past-participle`. */
  committed(change: string): void;
  directory: Directory;
  standing: StandingReader;
  databaseHealth: () => Promise<DatabaseHealth>;
  auth: Auth;
  authHandler: AuthHandler;
  credentials: Credentials;
  verifier: Verifier;
  limiter: Limiter;
  invitationProof: InvitationProof;
  /** Where the secret that signs and encrypts comes from. */
  secret: string;
  close(): Promise<void>;
};

export type Overrides = Partial<Pick<Deps, "log" | "clock" | "database" | "modules">> & {
  mailer?: Mailer;
  /** A cheaper hash, for tests. */
  passwords?: Pick<Passwords, "hash" | "check">;
};

/**
 * Constructs the service's parts.
 *
 * @param secret signs cookies and cursors and encrypts keys; at least 32 characters.
 * @throws when a part can't be opened, after closing those that were.
 */
export async function openDeps(config: Config, secret: string, overrides: Overrides = {}): Promise<Deps> {
  // Closed in reverse order: at the end of this function when a step fails, else by `close`.
  await using opened = new AsyncDisposableStack();
  const log = overrides.log ?? opened.adopt(openLog(config.log.level), (it) => it.close()).log;
  const clock = overrides.clock ?? (() => new Date());
  const database = overrides.database ?? opened.adopt(await openConfigured(config, log), (it) => it.close());
  const written = (line: string, path: string): void => log.info({ path }, line);
  const mailer = overrides.mailer ?? opened.adopt(openMailer(config.mail, written), async (it) => it.close());
  const sealer = openSealer(secret);
  const queue = openQueue({ database, clock, sealer });
  const wishesOf = async (address: string) => mailPreferences(database, await findUserId({ database }, address));
  const send = letterSender({ mailer, look: config.brand, wishesOf });
  const handlers = [handler(letters, config.mail.connections, (letter, { id }) => send(letter, id))];
  const worker = opened.adopt(openWorker({ database, clock, log, sealer, handlers }), (it) => it.stop());
  const post = openPost(queue, clock);
  const { modules = ours } = overrides;
  const catalogue = catalogueFrom(modules);
  const { roles } = catalogue;
  const recordAudit = auditRecorder(clock, modules);
  const provision = provisioner(modules, () => ({ now: clock(), trialDays: config.retention.trialDays }));
  const limiter = config.limits.enabled ? openLimiter({ database, clock, log }, config.limits.redisUrl) : unlimited;
  opened.defer(() => limiter.close());
  const requests = config.limits.enabled ? requestLimits(limiter) : null;
  const hashing = opened.adopt(openPasswords(hashingThreads(config.server.workers)), (it) => it.close());
  const renew = hashRenewal(database, log);
  const rules = openRules({
    breachUrl: config.signIn.breachedPasswordsUrl,
    failed: (err) => log.warn({ err }, "breached passwords could not be looked up; the password was not refused"),
  });
  const passwords = guardedPasswords({ passwords: overrides.passwords ?? hashing, rules, limiter, renew });
  const credentials = credentialReader(secret, sessionCookie(config.cookies));
  const sources = {
    release,
    pool: () => database.stats(),
    // Opened below, since it counts; read when somebody asks.
    cache: () => ({ entries: verifier.size(), trusted: verifier.trusted() }),
    mail: () => mailer.server?.fault() ?? null,
  };
  const metrics = config.metrics.enabled ? openMetrics(sources) : noMetrics;
  const verifier: Verifier = createVerifier({
    database,
    seen: metrics.verified,
    catalogue,
    clock,
    log,
    credentials,
    cacheSize: config.verification.cacheSize,
    timeoutMs: config.verification.timeoutMs,
  });
  opened.defer(() => verifier.close());
  const committed = (change: string): void => {
    if (decides(change)) verifier.fence();
  };
  const assurance = assuranceOf(database, clock, committed);
  const invited = invitationProof(secret);
  const writing = { database, recordAudit, clock, post };
  const auth = createAuth({
    baseUrl: config.server.baseUrl,
    cookies: config.cookies,
    secret,
    trustedOrigins: config.server.trustedOrigins,
    sessionMaxAge: config.signIn.sessionMaxAge,
    sessionUpdateAge: config.signIn.sessionUpdateAge,
    requests,
    catalogue,
    adapter: auditedAdapter({ ...writing, schema, provision, signIn: config.signIn, committed }),
    signingKeys: signingKeys(database),
    mayEnter: (userId, organizationId, sessionId) => mayEnter({ database, clock }, userId, organizationId, sessionId),
    post,
    log,
    passwords,
    providers: config.signIn.providers,
    beginning,
    assurance,
    signUpAtOnce: config.signIn.signUpAtOnce,
    invitationProof: invited,
    relyingParty: relyingParty(config.server, config.signIn.passkeyDomain),
  });
  const standing = standingReader({ catalogue, database, clock });
  const guard = organizationGuard({ auth, catalogue, database, standing, baseUrl: config.server.baseUrl });
  const authHandler = await createAuthHandler({
    auth,
    ...writing,
    provision,
    log,
    limiter,
    requests,
    guard,
    passwords,
    providers: config.signIn.providers,
    methods: config.signIn.methods,
    assurance,
    baseUrl: config.server.baseUrl,
    freshAge: config.signIn.freshAge,
  });
  const all = opened.move();
  return {
    config,
    log,
    metrics,
    clock,
    database,
    mailer,
    post,
    queue,
    worker,
    modules,
    catalogue,
    roles,
    recordAudit,
    provision,
    cursors: cursorCodec(secret),
    violations,
    committed,
    directory: openDirectory({ database, auth }),
    standing,
    databaseHealth: () => databaseHealth(database),
    auth,
    authHandler,
    credentials,
    verifier,
    limiter,
    invitationProof: invited,
    secret,
    close: () => all.disposeAsync(),
  };
}

/** What the modules declare for a new user or organization, in their order. */
export function provisioner(modules: Deps["modules"], at: () => Parameters<Provision>[2]): Provisioner {
  const each = (of: "user" | "organization") => async (tx: Tx, id: string) => {
    for (const { provision } of modules) await provision?.[of]?.(tx, id, at());
  };
  const adopt: Provisioner["adopt"] = async (from, to) => {
    for (const module of modules) await module.adopt?.(from, to);
  };
  return { user: each("user"), organization: each("organization"), adopt };
}

/** Opens the database that the settings name, with the settings' limits. */
export function openConfigured(config: Config, log: Logger): Promise<Database> {
  return openDatabase({
    ...config.database,
    schema,
    ...(config.log.queries
      ? { onQuery: (text, params, ms) => log.info({ query: text, params, ms: Math.round(ms * 10) / 10 }, "query") }
      : {}),
  });
}
