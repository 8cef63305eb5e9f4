import type { Clock } from "../core/clock.ts";
import { repeat } from "../core/repeat.ts";
import type { Config } from "../config/index.ts";
import { advisoryLock } from "../db/locks.ts";
import type { Database } from "../db/types.ts";
import type { Logger } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";
import { backUp, prune } from "./backup.ts";
import { timeIn } from "./manifest.ts";
import { openPlace } from "./place.ts";
import { serveBackups } from "./running.ts";
import type { Store } from "./store.ts";

type Deps = {
  config: Pick<Config, "backup" | "database">;
  database: Database;
  clock: Clock;
  log: Logger;
  metrics: Pick<Metrics, "backedUp">;
  secret: string;
};

const [hourMs, lookMs] = [3_600_000, 600_000];

/**
 * Makes backups as the settings say, and for the command line where the database is embedded, until it is stopped. Every
 * replica looks whether one is due; of those that find so, one makes it.
 *
 * @param explained why something failed, in a line for the operator.
 * @param everyMs milliseconds between two looks.
 * @returns `stop`, which gives up a backup under way: nothing of it is left.
 */
export function startBackups(
  deps: Deps,
  explained: (err: unknown) => string,
  everyMs = lookMs,
): { stop(): Promise<void> } {
  const { backup: settings, database: urls } = deps.config;
  const stopping = new AbortController();
  const ports = { ...deps, urls, signal: stopping.signal };
  const asked = serveBackups(
    urls.url,
    (to, progress) => backUp(ports, openPlace(to ?? settings.to, settings.s3), progress),
    explained,
  );
  const look = async (store: Store) => {
    try {
      await backUpWhereDue(deps, store, () => backUp(ports, store));
    } catch (err) {
      if (stopping.signal.aborted) return;
      deps.metrics.backedUp("failed");
      deps.log.error({ err, place: store.place, reason: explained(err) }, "backup failed");
    }
  };
  const store = settings.scheduledTo === undefined ? null : openPlace(settings.scheduledTo, settings.s3);
  // Not at once: a process that is started again and again is busy enough.
  const looking = store && repeat(() => look(store), everyMs, Math.min(everyMs, 60_000));
  return {
    async stop() {
      stopping.abort();
      await Promise.all([asked.stop(), looking?.stop()]);
    },
  };
}

async function backUpWhereDue(deps: Deps, store: Store, make: () => ReturnType<typeof backUp>): Promise<void> {
  const { clock, config, database, log, metrics } = deps;
  const isDue = async () => {
    const newest = timeIn((await store.names()).at(-1) ?? "");
    if (newest) metrics.backedUp("found", newest);
    return newest === null || clock().getTime() - newest.getTime() >= config.backup.everyHours * hourMs;
  };
  if (!(await isDue())) return;
  await alone(database, async () => {
    // Another replica may have made it since.
    if (!(await isDue())) return;
    const started = performance.now();
    const { name, files, tables, madeAt } = await make();
    metrics.backedUp("done", new Date(madeAt));
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    const ms = Math.round(performance.now() - started);
    log.info({ name, place: store.place, rows, bytes, ms }, "backup");
    const removed = await prune(store, config.backup.keepDays, clock());
    if (removed.length > 0) log.info({ removed, place: store.place }, "old backups removed");
  });
}

/** Runs `work`, unless another process does the same. */
async function alone(database: Database, work: () => Promise<void>): Promise<void> {
  if (database.kind === "pglite") return work();
  await database.session(async (on) => {
    const asked = {
      text: `select pg_try_advisory_lock(${advisoryLock.backups}) as got`,
      values: [],
      shape: "object",
    } as const;
    if ((await on.run(asked)).rows[0]?.["got"] !== true) return;
    try {
      await work();
    } finally {
      await on.exec(`select pg_advisory_unlock(${advisoryLock.backups})`).catch(() => {});
    }
  });
}
