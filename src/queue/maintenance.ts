import { sql } from "drizzle-orm";
import { type AuditAction, difference } from "../core/audit.ts";
import type { Clock } from "../core/clock.ts";
import type { RecordAudit } from "../core/scope.ts";
import { advisoryLock } from "../db/locks.ts";
import type { Database, Tx } from "../db/types.ts";
import { organizationsAfter, removeAbandoned, removeExpired } from "../directory/expiry.ts";
import type { Module, Trash } from "../http/module.ts";
import { removeEndedCounters } from "../limits/postgres.ts";
import { removeOldJobs } from "./operator.ts";

export type Ports = {
  database: Database;
  recordAudit: RecordAudit;
  clock: Clock;
  /** Whose trash is emptied, and what of theirs expires. */
  modules: readonly Pick<Module, "trash" | "expire">[];
};

/** Rows per transaction, and a signal that ends the work between two of them. */
type Pace = { batch: number; signal?: AbortSignal | undefined };

/** How many rows were removed, by what they were. */
type Counts = Record<string, number>;

/** @param yielded whether it ended early, since another process is doing the same. */
export type Purged = { purged: Counts; yielded: boolean };

const PAGE = 500;
const DAY_MS = 24 * 3600 * 1000;

/**
 * Deletes what has been in the trash for longer than `olderThanDays`: per organization, under row-level security,
 * `batch` rows of each kind a transaction, each with its audit event by the system. Of two that run at once one yields.
 *
 * @returns how many of each kind were deleted; what goes with a row isn't counted.
 */
export async function purgeTrash(ports: Ports, options: Pace & { olderThanDays: number }): Promise<Purged> {
  const { batch, olderThanDays, signal } = options;
  const before = new Date(ports.clock().getTime() - olderThanDays * DAY_MS);
  // Last declared first: what belongs to another kind's rows is counted before it goes with them.
  const kinds = ports.modules.flatMap(({ trash }) => trash ?? []).toReversed();
  const purged: Counts = Object.fromEntries(kinds.map(({ path }) => [path, 0]));
  for (let ids = await organizationsAfter(ports.database, "", PAGE); ids.length > 0;) {
    for (const id of ids) {
      for (let full = true; full;) {
        if (signal?.aborted) return { purged, yielded: false };
        const done = await purgeBatch(ports, kinds, id, before, batch);
        if (!done) return { purged, yielded: true };
        for (const [path, count] of done) purged[path] = (purged[path] ?? 0) + count;
        full = done.some(([, count]) => count === batch);
      }
    }
    ids = await organizationsAfter(ports.database, ids.at(-1) ?? "", PAGE);
  }
  return { purged, yielded: false };
}

/** Null: another process is doing it. */
function purgeBatch(ports: Ports, kinds: readonly Trash[], organizationId: string, before: Date, batch: number) {
  return ports.database.transaction({ "app.organization_id": organizationId, "app.user_id": "" }, async (tx) => {
    // Held until the commit, so that it works through a pooler and on the one connection of PGlite as well.
    const { rows } = await tx.execute<{ free: boolean }>(
      sql`select pg_try_advisory_xact_lock(${advisoryLock.maintenance}) as free`,
    );
    if (!rows[0]?.free) return null;
    const counts: [path: string, count: number][] = [];
    for (const { path, purged, expire } of kinds) {
      const gone = await expire(tx, organizationId, before, batch);
      await record(ports, tx, organizationId, purged, gone);
      counts.push([path, gone.length]);
    }
    return counts;
  });
}

/**
 * Deletes people without an account whose session has ended, `olderThanDays` days after they came; `batch` are looked at
 * in a transaction, which records each deletion.
 *
 * @returns how many.
 */
export async function purgeAbandoned(ports: Ports, options: Pace & { olderThanDays: number }): Promise<number> {
  const { batch, olderThanDays, signal } = options;
  const now = ports.clock();
  const before = new Date(now.getTime() - olderThanDays * DAY_MS);
  let count = 0;
  for (let after: string | null = ""; after !== null;) {
    if (signal?.aborted) return count;
    const page = { after, limit: batch };
    const { gone, last } = await ports.database.db.transaction(async (tx) => {
      const removed = await removeAbandoned(tx, { before, now }, page);
      const rows = removed.gone.map((id) => ({ id }));
      await record(ports, tx, null, "user.deleted", rows);
      return removed;
    });
    count += gone.length;
    after = last;
  }
  return count;
}

async function record(
  ports: Ports,
  tx: Tx,
  organizationId: string | null,
  action: AuditAction,
  rows: { id: string }[],
) {
  const actor = { type: "system", id: null, impersonatorId: null } as const;
  const origin = { requestId: null, ipAddress: null, userAgent: null };
  for (const row of rows) {
    const changes = difference(row, null);
    await ports.recordAudit(tx, { organizationId, actor, origin, action, entityId: row.id, changes });
  }
}

/** Removes what has expired: sessions, verifications, rate limits, jobs, and what modules declare; `batch` rows a statement. */
export async function purgeExpired(ports: Omit<Ports, "recordAudit">, pace: Pace): Promise<Counts> {
  const { database, modules } = ports;
  const now = ports.clock();
  const removals: Record<string, () => Promise<number>> = {
    sessions: () => removeExpired(database, "session", now, pace.batch),
    verifications: () => removeExpired(database, "verification", now, pace.batch),
    counters: () => removeEndedCounters(database, now, pace.batch),
    jobs: () => removeOldJobs(database, now, pace.batch),
  };
  for (const [name, expire] of modules.flatMap((module) => Object.entries(module.expire ?? {})))
    removals[name] = () => database.transaction({ "app.platform_role": "system" }, (tx) => expire(tx, now, pace.batch));
  const counts: Counts = {};
  for (const [name, remove] of Object.entries(removals)) {
    counts[name] = 0;
    for (let full = true; full && !pace.signal?.aborted;) {
      const removed = await remove();
      counts[name] += removed;
      full = removed === pace.batch;
    }
  }
  return counts;
}

/** All that keeps the tables from growing: what is run every hour, or by `maintenance run`. */
export async function maintain(
  ports: Ports,
  options: Pace & { trashRetentionDays: number; anonymousRetentionDays: number },
): Promise<Purged & { expired: Counts }> {
  const { trashRetentionDays, anonymousRetentionDays, ...pace } = options;
  const expired = await purgeExpired(ports, pace);
  const people = await purgeAbandoned(ports, { ...pace, olderThanDays: anonymousRetentionDays });
  const trash = await purgeTrash(ports, { ...pace, olderThanDays: trashRetentionDays });
  return { ...trash, expired: { ...expired, people } };
}
