import type { Server } from "bun";
import { createApp } from "./app.ts";
import { startBackups } from "./backup/schedule.ts";
import { type Config, ConfigError, parseConfig } from "./config/index.ts";
import { migrate } from "./db/migrate.ts";
import type { MigrationFolders } from "./db/migration-files.ts";
import { type Deps, openDeps, type Overrides } from "./deps.ts";
import type { Bindings } from "./http/env.ts";
import { startSealing } from "./history/seal.ts";
import { startMaintenance } from "./queue/schedule.ts";
import { OperatorError } from "./core/operator-error.ts";
import { openSecret } from "./config/secret.ts";
import { explain } from "./ops/explain.ts";

type HttpServer = Server<undefined>;

/** How long clients get to learn that their kept connections close, and how long requests in flight may take. */
const [noticeMs, drainMs] = [250, 10_000];

const maintenanceMs = 3_600_000;

/** How long the last write to the log may take. */
const lastWriteMs = 500;

/** What an application brings of its own. */
type Own = Pick<Overrides, "modules"> & { migrations?: MigrationFolders };

/**
 * Starts the service from the environment and stops it on SIGTERM or SIGINT, when what is in flight has been answered.
 * When it can't start, it says why on standard error and exits with code 1.
 *
 * @param overrides.modules an application's own list; src/modules.ts where it isn't given.
 * @param overrides.migrations its own migrations; `drizzle/` where they aren't given.
 */
export async function start(overrides: Own = {}): Promise<void> {
  try {
    await run(overrides);
  } catch (err) {
    process.stderr.write(
      `${explain(err, err instanceof ConfigError ? undefined : parseConfig(process.env).database)}\n`,
    );
    process.exitCode = 1;
  }
  // All is closed by now, except a write to a log that nobody reads, which would keep the process alive.
  setTimeout(() => process.exit(), lastWriteMs).unref();
}

async function run(overrides: Own): Promise<void> {
  // The port is taken first: a second process learns at once that it is not alone, and PORT=0 its own base URL.
  const server = listen(parseConfig(process.env));
  try {
    const config = parseConfig({ ...process.env, PORT: String(server.port) });
    const deps = await openDeps(config, openSecret(config), overrides);
    try {
      // Where DATABASE_URL leads to a pooler, migrations go past it and wouldn't notice that it refuses.
      await deps.database.statement("", "select 1", []);
      const migrated = await migrate(deps.database, {
        ...overrides.migrations,
        onNewer: (line) => deps.log.warn(line),
      });
      await deps.limiter.ready();
      await serve(server, deps, migrated);
    } finally {
      await deps.close();
    }
  } finally {
    await server.stop(true);
  }
}

const listen = ({ server: { port, host } }: Config): HttpServer => listenOn(host, port, "PORT", starting);

/** @param setting that names the port. */
function listenOn(
  host: string,
  port: number,
  setting: string,
  fetch: (request: Request) => Response | Promise<Response>,
) {
  try {
    // Without `development` Bun shares the port with whoever else asks for it, and each process gets some requests.
    const alone = { development: false, reusePort: false };
    return Bun.serve({ port, hostname: host, idleTimeout: 30, ...alone, fetch });
  } catch (err) {
    const { code } = err as NodeJS.ErrnoException;
    const why = refusals[code ?? ""]?.(host, port, setting) ?? noAddress(host);
    throw new OperatorError(`${why} (${code})`, { cause: err });
  }
}

/** Figures on a port of their own, where the settings name one. */
function listenForMetrics({ config, metrics }: Deps): HttpServer | undefined {
  const { port } = config.metrics;
  if (port === undefined) return undefined;
  return listenOn(config.server.host, port, "METRICS_PORT", async (request) =>
    new URL(request.url).pathname === "/metrics"
      ? new Response(await metrics.text(), { headers: { "Content-Type": metrics.contentType } })
      : new Response(null, { status: 404 }),
  );
}

const refusals: Readonly<Record<string, (host: string, port: number, setting: string) => string>> = {
  EADDRINUSE: (host, port, setting) => `port ${port} on ${host} is in use; set ${setting} to another one`,
  EACCES: (host, port, setting) =>
    `port ${port} on ${host} is only for privileged processes; set ${setting} to 1024 or above`,
};

const noAddress = (host: string) => `${host} isn't an address of this machine that can be listened on; correct HOST`;

function starting(request: Request): Response {
  // Without a good Host header the URL can't be read.
  if (/^(https?:\/\/[^/]*)?\/livez(\?|$)/.test(request.url)) return Response.json({ status: "ok" });
  return new Response(null, { status: 503, headers: { "Retry-After": "1", "Cache-Control": "no-store" } });
}

async function serve(server: HttpServer, deps: Deps, migrated: string[]): Promise<void> {
  const app = createApp(deps);
  // Asking the socket costs as much as an answer from memory does: it is left to who needs it.
  const env: Bindings = { addressOf: (request) => server.requestIP(request)?.address ?? "" };
  const answer = (request: Request) => app.fetch(request, env);
  const { promise: stopped, resolve: stop } = Promise.withResolvers<string>();
  process.once("SIGTERM", () => stop("SIGTERM"));
  process.once("SIGINT", () => stop("SIGINT"));
  const figures = listenForMetrics(deps);
  server.reload({ fetch: answer });
  announce(deps, { port: server.port, metricsPort: figures?.port, ...(migrated.length > 0 ? { migrated } : {}) });
  const maintenance = startMaintenance(deps, maintenanceMs);
  watchMailServer(deps);
  const backups = startBackups(deps, (err) => explain(err, deps.config.database));
  const sealing = startSealing(deps);
  deps.worker.start();
  deps.log.info({ signal: await stopped }, "draining");
  const maintained = maintenance.stop();
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
  await Promise.all([maintained, deps.worker.stop(), backups.stop(), sealing.stop()]);
  await figures?.stop(true);
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
function announce({ config, database, log }: Deps, figures: Record<string, unknown>): void {
  const { baseUrl: url, mode } = config.server;
  const docs = `${url}/docs`;
  if (!process.stdout.isTTY) return log.info({ url, ...figures, database: database.kind, mode, docs }, "listening");
  const embedded = database.kind === "pglite" ? config.database.url.replace("pglite:", "embedded, in ") : "PostgreSQL";
  process.stdout.write(
    [
      `Gatehouse is at ${url} (${mode})`,
      `  API        ${docs}`,
      `  database   ${embedded}`,
      `  mail       ${config.mail.smtpUrl ? "sent by SMTP" : `written to ${config.mail.directory}`}`,
      "",
    ].join("\n"),
  );
}

if (import.meta.main) await start();
