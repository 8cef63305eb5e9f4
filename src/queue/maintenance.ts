import { sql } from "drizzle-orm";
import { type AuditAction, type AuditEvent, difference } from "../core/audit.ts";
import type { Clock } from "../core/clock.ts";
import type { Retention } from "../core/retention.ts";
import type { RecordAudit } from "../core/scope.ts";
import { type Ending, endOf, removeEnded } from "../db/ending.ts";
import { advisoryLock } from "../db/locks.ts";
import type { Database, Tx } from "../db/types.ts";
import { endings as ofPeople, removeAbandoned } from "../directory/expiry.ts";
import type { Module } from "../http/module.ts";
import { endings as ofCounters } from "../limits/ending.ts";
import { endings as ofJobs } from "./operator.ts";
import { openPace, type Pace } from "./pace.ts";

export type Ports = {
  database: Database;
  recordAudit: RecordAudit;
  clock: Clock;
  /** Whose trash is emptied, and what of theirs ends. */
  modules: readonly Pick<Module, "trash" | "endings">[];
};

/** How many rows were removed, by what they were. */
type Counts = Record<string, number>;

/** @param yielded whether it ended early, since another process is doing the same. */
export type Purged = { purged: Counts; yielded: boolean };

const DAY_MS = 24 * 3600 * 1000;

/** What ends by itself, by the name under which it is counted. */
export const endingsOf = (modules: Ports["modules"]): Readonly<Record<string, Ending>> =>
  Object.assign({ ...ofPeople, ...ofCounters, ...ofJobs }, ...modules.map(({ endings }) => endings));

/**
 * Deletes what has been in the trash for longer than `olderThanDays`, in all organizations, a batch of one kind a
 * transaction, each with its audit event by the system. Of two that run at once one yields.
 *
 * @returns how many of each kind were deleted; what goes with a row isn't counted.
 */
export function purgeTrash(ports: Ports, options: Pace & { olderThanDays: number }): Promise<Purged> {
  const before = new Date(ports.clock().getTime() - options.olderThanDays * DAY_MS);
  // Last declared first: what belongs to another kind's rows is counted before it goes with them.
  const kinds = ports.modules.flatMap(({ trash }) => trash ?? []).toReversed();
  const removals = kinds.map(({ path, purged, expire }) => {
    const remove = async (tx: Tx, limit: number): Promise<Removed> => {
      const gone = await expire(tx, before, limit);
      await ports.recordAudit(tx, ...gone.map((row) => eventOf(purged, row)));
      return { count: gone.length, more: gone.length === limit };
    };
    return [path, remove] as const;
  });
  return removeAll(ports.database, removals, options);
}

function eventOf(action: AuditAction, row: { id: string; organizationId?: string }): AuditEvent {
  const actor = { type: "system", id: null, impersonatorId: null } as const;
  const origin = { requestId: null, ipAddress: null, userAgent: null };
  const { id: entityId, organizationId = null } = row;
  return { organizationId, actor, origin, action, entityId, changes: difference(row, null) };
}

/**
 * Removes what has ended by itself, in batches, and people without an account whose session has ended, each with its
 * audit event. Of two that run at once one yields.
 */
export function purgeExpired(ports: Ports, options: Pace & { retention: Retention }): Promise<Purged> {
  const now = ports.clock();
  const removals = Object.entries(endingsOf(ports.modules)).map(([name, ending]) => {
    const before = endOf(ending, now, options.retention);
    const remove = async (tx: Tx, limit: number): Promise<Removed> => {
      const count = await removeEnded(tx, ending, before, limit);
      return { count, more: count === limit };
    };
    return [name, remove] as const;
  });
  return removeAll(ports.database, [...removals, ["people", abandoned(ports, now, options.retention.people)]], options);
}

/** Looks through people without an account, page by page. */
function abandoned({ recordAudit }: Ports, now: Date, days: number): Removal[1] {
  const before = new Date(now.getTime() - days * DAY_MS);
  let after = "";
  return async (tx, limit) => {
    const { gone, last } = await removeAbandoned(tx, { before, now }, { after, limit });
    await recordAudit(tx, ...gone.map((id) => eventOf("user.deleted", { id })));
    after = last ?? after;
    return { count: gone.length, more: last !== null };
  };
}

/** @param more whether there may be more of it. */
type Removed = { count: number; more: boolean };
type Removal = readonly [name: string, remove: (tx: Tx, limit: number) => Promise<Removed>];

/** Does each removal until there is no more of it: as the owner, since the rows are of many organizations. */
async function removeAll(database: Database, removals: readonly Removal[], options: Pace): Promise<Purged> {
  const purged: Counts = Object.fromEntries(removals.map(([name]) => [name, 0]));
  for (const [name, remove] of removals) {
    const pace = openPace(options);
    for (let full = true; full;) {
      if (options.signal?.aborted === true) return { purged, yielded: false };
      const limit = pace.limit();
      const removed = await pace.timed(() => alone(database, (tx) => remove(tx, limit)));
      if (removed === null) return { purged, yielded: true };
      purged[name] = (purged[name] ?? 0) + removed.count;
      full = removed.more;
    }
  }
  return { purged, yielded: false };
}

/** Runs `work` in a transaction that holds maintenance's lock. @returns null where another process has it. */
function alone<T>(database: Database, work: (tx: Tx) => Promise<T>): Promise<T | null> {
  return database.db.transaction(async (tx) => {
    // Held until the commit, so that it works through a pooler and on the one connection of PGlite as well.
    const { rows } = await tx.execute<{ free: boolean }>(
      sql`select pg_try_advisory_xact_lock(${advisoryLock.maintenance}) as free`,
    );
    return rows[0]?.free ? await work(tx) : null;
  });
}

/** All that keeps the tables from growing: what is run every hour, or by `maintenance run`. */
export async function maintain(
  ports: Ports,
  options: Pace & { trashRetentionDays: number; retention: Retention },
): Promise<Purged & { expired: Counts }> {
  const { trashRetentionDays, retention, ...pace } = options;
  const { purged: expired, yielded } = await purgeExpired(ports, { ...pace, retention });
  if (yielded) return { purged: {}, expired, yielded };
  return { ...(await purgeTrash(ports, { ...pace, olderThanDays: trashRetentionDays })), expired };
}
