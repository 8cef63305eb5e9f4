import { availableParallelism } from "node:os";
import { createApp } from "./app.ts";
import { startBackups } from "./backup/schedule.ts";
import { type Config, ConfigError, parseConfig } from "./config/index.ts";
import { openSecret } from "./config/secret.ts";
import type { Backfill } from "./db/backfill.ts";
import { startBackfills } from "./db/backfill-runner.ts";
import { backfills } from "./db/backfills.ts";
import { migrate } from "./db/migrate.ts";
import type { MigrationFolders } from "./db/migration-files.ts";
import { type Deps, openDeps, type Overrides } from "./deps.ts";
import type { Bindings } from "./http/env.ts";
import { startSealing } from "./history/seal.ts";
import { explain } from "./ops/explain.ts";
import { type HttpServer, listenForMetrics, listenOn, starting } from "./ops/listen.ts";
import { type Logger, openLog } from "./ops/log.ts";
import { metricsType } from "./ops/metrics.ts";
import { type Parent, parentOf } from "./ops/worker-link.ts";
import { openWorkers, workerVariable } from "./ops/workers.ts";
import { startMaintenance } from "./queue/schedule.ts";

/** How long clients get to learn that their kept connections close, and how long requests in flight may take. */
const [noticeMs, drainMs] = [250, 10_000];

const maintenanceMs = 3_600_000;

/** How long the last write to the log may take. */
const lastWriteMs = 500;

/** What an application brings of its own. */
type Own = Pick<Overrides, "modules"> & { migrations?: MigrationFolders; backfills?: readonly Backfill[] };

/**
 * Starts the service from the environment and stops it on SIGTERM or SIGINT, when what is in flight has been answered.
 * When it can't start, it says why on standard error and exits with code 1.
 *
 * @param own.modules an application's list; src/modules.ts where it isn't given.
 * @param own.migrations its migrations; `drizzle/` where they aren't given.
 * @param own.backfills its backfills; src/db/backfills.ts where they aren't given.
 */
export async function start(own: Own = {}): Promise<void> {
  try {
    await run(own);
  } catch (err) {
    process.stderr.write(
      `${explain(err, err instanceof ConfigError ? undefined : parseConfig(process.env).database)}\n`,
    );
    process.exitCode = 1;
  }
  // All is closed by now, except a write to a log that nobody reads, which would keep the process alive.
  setTimeout(() => process.exit(), lastWriteMs).unref();
}

async function run(own: Own): Promise<void> {
  const config = parseConfig(process.env);
  const number = process.env[workerVariable];
  const parent = parentOf(number);
  if (parent) return serveAsWorker(own, config, parent, Number(number));
  const { workers } = config.server;
  const count = workers === "auto" ? availableParallelism() : workers;
  return count > 1 ? superviseWorkers(config, count) : serveAlone(own, config);
}

async function serveAlone(own: Own, config: Config): Promise<void> {
  // The port is taken first: a second process learns at once that it is not alone, and PORT=0 its own base URL.
  const server = listenOn(placeOf(config), starting);
  try {
    const settled = parseConfig({ ...process.env, PORT: String(server.port) });
    await withService(own, settled, {}, async (deps, migrated) => {
      const stopped = stopSignal();
      const figures = listenForMetrics(settled.server.host, settled.metrics.port, deps.metrics);
      const answer = answerOn(server, deps);
      announce(settled, deps.log, { port: server.port, metricsPort: figures?.port, ...applied(migrated) });
      await work({ own, server, deps, answer, stopped });
      await figures?.stop(true);
    });
  } finally {
    await server.stop(true);
  }
}

/** One of several processes on one port, which another one has taken for them. */
async function serveAsWorker(own: Own, config: Config, parent: Parent, number: number): Promise<void> {
  // Its lines go where the others' go, so each is written in one piece.
  const shared = openLog(config.log.level, { shared: true });
  try {
    await withService(own, config, { log: shared.log.child({ worker: number }) }, async (it, migrated) => {
      const stopped = Promise.race([stopSignal("ignored"), parent.gone.then(() => "the main process has ended")]);
      parent.answerWith(() => it.metrics.text());
      const deps = { ...it, metrics: { ...it.metrics, text: () => parent.figures() } };
      await parent.ready(migrated);
      const server = listenOn({ ...placeOf(config), shared: true }, starting);
      try {
        const answer = answerOn(server, deps);
        parent.listening();
        await work({ own, server, deps, answer, stopped });
      } finally {
        await server.stop(true);
      }
    });
  } finally {
    parent.close();
    await shared.close();
  }
}

async function superviseWorkers(config: Config, count: number): Promise<void> {
  const shared = openLog(config.log.level, { shared: true });
  // Held until the first worker is ready, so that a second start on this port is refused.
  const holder = listenOn(placeOf(config), starting);
  const settled = parseConfig({ ...process.env, PORT: String(holder.port) });
  const workers = openWorkers({
    count,
    command: ownCommand(),
    env: { ...process.env, PORT: String(settled.server.port) },
    log: shared.log,
    release: () => holder.stop(true),
  });
  const stopped = stopSignal();
  const { host, port } = settled.server;
  const page = { text: () => workers.figures(), contentType: metricsType };
  let figures: HttpServer | undefined;
  try {
    figures = listenForMetrics(host, settled.metrics.port, page);
    const migrated = await Promise.race([workers.start(), stopped]);
    // The worker has said why.
    if (migrated === null) process.exitCode = 1;
    if (migrated === null || typeof migrated === "string") return;
    announce(settled, shared.log, { port, workers: count, metricsPort: figures?.port, ...applied(migrated) });
    shared.log.info({ signal: await Promise.race([stopped, workers.hopeless]) }, "draining");
  } finally {
    await workers.stop();
    await figures?.stop(true);
    await holder.stop(true);
    await shared.close();
  }
}

/** How this program was started. The executable has itself as its main file. */
const ownCommand = (): string[] =>
  Bun.main.startsWith("/$bunfs/") ? [process.execPath, "serve"] : [process.execPath, ...process.execArgv, Bun.main];

const placeOf = ({ server: { host, port } }: Config) => ({ host, port, setting: "PORT" });

const applied = (migrated: readonly string[]) => (migrated.length > 0 ? { migrated } : {});

/** Opens the service's parts over a migrated database, for as long as `use` takes. */
async function withService(
  own: Own,
  config: Config,
  given: Pick<Overrides, "log">,
  use: (deps: Deps, migrated: readonly string[]) => Promise<void>,
): Promise<void> {
  const { modules, migrations } = own;
  const deps = await openDeps(config, openSecret(config), { ...given, ...(modules ? { modules } : {}) });
  try {
    // Where DATABASE_URL leads to a pooler, migrations go past it and wouldn't notice that it refuses.
    await deps.database.statement("", "select 1", []);
    const migrated = await migrate(deps.database, { ...migrations, onNewer: (line) => deps.log.warn(line) });
    await deps.limiter.ready();
    await use(deps, migrated);
  } finally {
    await deps.close();
  }
}

/**
 * The first signal to stop.
 *
 * @param later what a second one does: a worker gets two where somebody stops the whole group of processes.
 */
function stopSignal(later: "ends" | "ignored" = "ends"): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process[later === "ends" ? "once" : "on"](signal, () => resolve(signal));
  return promise;
}

type Answer = (request: Request) => Response | Promise<Response>;

function answerOn(server: HttpServer, deps: Deps): Answer {
  const app = createApp(deps);
  // Asking the socket costs as much as an answer from memory does: it is left to who needs it.
  const env: Bindings = { addressOf: (request) => server.requestIP(request)?.address ?? "" };
  const answer: Answer = (request) => app.fetch(request, env);
  server.reload({ fetch: answer });
  return answer;
}

type Work = { own: Own; server: HttpServer; deps: Deps; answer: Answer; stopped: Promise<string> };

/** Does the work beside the answers until it is to stop, and lets what is in flight be answered. */
async function work({ own, server, deps, answer, stopped }: Work): Promise<void> {
  const maintenance = startMaintenance(deps, maintenanceMs);
  watchMailServer(deps);
  const backups = startBackups(deps, (err) => explain(err, deps.config.database));
  const sealing = startSealing(deps);
  const filling = startBackfills(deps, own.backfills ?? backfills);
  deps.worker.start();
  deps.log.info({ signal: await stopped }, "draining");
  const paused = Promise.all([maintenance.stop(), filling.stop()]);
  server.reload({
    async fetch(request) {
      const response = await answer(request);
      response.headers.set("Connection", "close");
      return response;
    },
  });
  await Bun.sleep(noticeMs);
  // Settles when the last connection is closed: one that never sends its request would hold it for long.
  const closed = server.stop();
  for (const until = Date.now() + drainMs; server.pendingRequests > 0 && Date.now() < until;)
    await Promise.race([closed, Bun.sleep(20)]);
  await Promise.race([closed, Bun.sleep(noticeMs)]);
  // What the last requests have queued is still sent.
  await Promise.all([paused, deps.worker.stop(), backups.stop(), sealing.stop()]);
  if (server.pendingRequests > 0) deps.log.warn({ requests: server.pendingRequests }, "cut off");
}

/** Mail that is queued waits for a server that can't be used, so nothing else does. */
const watchMailServer = ({ mailer, log }: Deps): void =>
  mailer.server?.watch((reason) =>
    reason === null
      ? log.info("mail is sent again")
      : log.warn({ reason }, "mail can't be sent; it waits in the queue"),
  );

/** Says where the service is: to a person in words, to a machine as one line of JSON. */
function announce({ server, database, mail }: Config, log: Logger, more: Record<string, unknown>): void {
  const { baseUrl: url, mode } = server;
  const docs = `${url}/docs`;
  const embedded = database.url.startsWith("pglite:");
  const kind = embedded ? "pglite" : "postgres";
  if (!process.stdout.isTTY) return log.info({ url, ...more, database: kind, mode, docs }, "listening");
  process.stdout.write(
    [
      `Gatehouse is at ${url} (${mode})`,
      `  API        ${docs}`,
      `  database   ${embedded ? database.url.replace("pglite:", "embedded, in ") : "PostgreSQL"}`,
      `  mail       ${mail.smtpUrl ? "sent by SMTP" : `written to ${mail.directory}`}`,
      "",
    ].join("\n"),
  );
}

if (import.meta.main) await start();
