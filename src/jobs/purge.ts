import { sql } from "drizzle-orm";
import { organizationsAfter, removeExpired } from "../auth/expired.ts";
import { type AuditAction, difference, type RecordAudit } from "../core/audit.ts";
import type { Clock } from "../core/clock.ts";
import type { Database, Tx } from "../db/client.ts";
import { removeEndedCounters } from "../limits/postgres.ts";
import { removeExpiredTrail } from "../modules/navigation/index.ts";
import { purgeProjectsDeletedBefore } from "../modules/projects/index.ts";
import { purgeTasksDeletedBefore } from "../modules/tasks/index.ts";

export type Ports = { database: Database; recordAudit: RecordAudit; clock: Clock };

/** Rows per transaction, and a signal that ends the work between two of them. */
type Pace = { batch: number; signal?: AbortSignal | undefined };

export type Purged = {
  projects: number;
  tasks: number;
  /** Whether it ended early, since another process is at it. */
  yielded: boolean;
};

const LOCK = 7_261_004;
const PAGE = 500;
const DAY_MS = 24 * 3600 * 1000;

/**
 * Ends for good what has been in the trash for longer than `olderThanDays`: per organization, under row-level
 * security, `batch` rows a transaction, each with its audit event by the system. Of two that run at once one yields.
 *
 * @returns how many were ended; a project's tasks go with it uncounted.
 */
export async function purgeTrash(ports: Ports, options: Pace & { olderThanDays: number }): Promise<Purged> {
  const { batch, olderThanDays, signal } = options;
  const before = new Date(ports.clock().getTime() - olderThanDays * DAY_MS);
  const total: Purged = { projects: 0, tasks: 0, yielded: false };
  for (let ids = await organizationsAfter(ports.database, "", PAGE); ids.length > 0;) {
    for (const id of ids) {
      for (let full = true; full;) {
        if (signal?.aborted) return total;
        const done = await purgeBatch(ports, id, before, batch);
        if (!done) return { ...total, yielded: true };
        total.projects += done.projects;
        total.tasks += done.tasks;
        full = done.projects === batch || done.tasks === batch;
      }
    }
    ids = await organizationsAfter(ports.database, ids.at(-1) ?? "", PAGE);
  }
  return total;
}

/** Null: another process is at it. */
function purgeBatch(ports: Ports, organizationId: string, before: Date, batch: number) {
  return ports.database.transaction({ "app.organization_id": organizationId, "app.user_id": "" }, async (tx) => {
    // Held until the commit, so that it works through a pooler and on the one connection of PGlite as well.
    const { rows } = await tx.execute<{ free: boolean }>(sql`select pg_try_advisory_xact_lock(${LOCK}) as free`);
    if (!rows[0]?.free) return null;
    const tasks = await purgeTasksDeletedBefore(tx, organizationId, before, batch);
    await record(ports, tx, organizationId, "task.purged", tasks);
    const projects = await purgeProjectsDeletedBefore(tx, organizationId, before, batch);
    await record(ports, tx, organizationId, "project.purged", projects);
    return { tasks: tasks.length, projects: projects.length };
  });
}

async function record(ports: Ports, tx: Tx, organizationId: string, action: AuditAction, rows: { id: string }[]) {
  const actor = { type: "system", id: null, impersonatorId: null } as const;
  const origin = { requestId: null, ipAddress: null, userAgent: null };
  for (const row of rows) {
    const changes = difference(row, null);
    await ports.recordAudit(tx, { organizationId, actor, origin, action, entityId: row.id, changes });
  }
}

export type Expired = { sessions: number; verifications: number; counters: number; visits: number };

/** Removes expired sessions, verifications and trails, and rate limits whose window has ended, `batch` rows a statement. */
export async function purgeExpired(ports: Pick<Ports, "database" | "clock">, pace: Pace): Promise<Expired> {
  const now = ports.clock();
  const all = async (remove: () => Promise<number>) => {
    let total = 0;
    for (let full = true; full && !pace.signal?.aborted;) {
      const removed = await remove();
      total += removed;
      full = removed === pace.batch;
    }
    return total;
  };
  return {
    sessions: await all(() => removeExpired(ports.database, "session", now, pace.batch)),
    verifications: await all(() => removeExpired(ports.database, "verification", now, pace.batch)),
    counters: await all(() => removeEndedCounters(ports.database, now, pace.batch)),
    visits: await all(() => removeExpiredTrail(ports.database, now, pace.batch)),
  };
}

/** All that keeps the tables from growing: what is run every hour, or by `maintenance run`. */
export async function maintain(
  ports: Ports,
  options: Pace & { trashRetentionDays: number },
): Promise<Purged & Expired> {
  const { trashRetentionDays, ...pace } = options;
  const expired = await purgeExpired(ports, pace);
  return { ...(await purgeTrash(ports, { ...pace, olderThanDays: trashRetentionDays })), ...expired };
}
