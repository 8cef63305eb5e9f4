import type { Connection } from "./driver/connection.ts";
import { advisoryLock } from "./locks.ts";
import { MigrationError } from "./migration-files.ts";
import type { Database } from "./types.ts";

/** Milliseconds between two tries for a lock. */
export const pollMs = 100;

/** Makes the tables of what is applied and what is backfilled, unless they are there. */
export const historyTable = `create schema if not exists gatehouse;
  create table if not exists gatehouse.schema_migration (
    tag text primary key,
    checksum text not null,
    applied_at timestamptz not null default now()
  );
  alter table gatehouse.schema_migration add column if not exists needs text;
  create table if not exists gatehouse.applied_guards (checksum text primary key);
  create table if not exists gatehouse.backfill (
    name text primary key,
    cursor text,
    seen bigint not null default 0,
    changed bigint not null default 0,
    changed_in_all bigint not null default 0,
    next_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz
  );`;

/**
 * Runs `work` on a session of its own while no other process migrates the same database.
 *
 * @param waitMs how many milliseconds to wait for another process that does.
 */
export function exclusively<T>(database: Database, waitMs = 60_000, work: (on: Connection) => Promise<T>): Promise<T> {
  return database.session(async (connection) => {
    await connection.exec("set statement_timeout = 0");
    await acquire(connection, waitMs);
    try {
      await connection.exec(historyTable);
      return await work(connection);
    } finally {
      await connection
        .exec(`select pg_advisory_unlock(${advisoryLock.migrations}); reset statement_timeout`)
        .catch(() => {});
    }
  });
}

// Polled: a statement that waits for the lock holds a snapshot, which CREATE INDEX CONCURRENTLY would wait for in turn.
async function acquire(connection: Connection, waitMs: number): Promise<void> {
  for (const until = Date.now() + waitMs; ; await Bun.sleep(pollMs)) {
    const text = `select pg_try_advisory_lock(${advisoryLock.migrations}) as got`;
    const [row] = await query<{ got: boolean }>(connection, text);
    if (row?.got) return;
    if (Date.now() > until) throw new MigrationError(`Another process has been migrating for more than ${waitMs} ms`);
  }
}

/** The rows of one statement, by their columns' names. */
export async function query<R>(connection: Connection, text: string, values: unknown[] = []): Promise<R[]> {
  return (await connection.run({ text, values, shape: "object" })).rows as R[];
}
