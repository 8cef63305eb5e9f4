import type { Database } from "../../src/db/client.ts";
import * as embedded from "./pglite.ts";
import * as server from "./postgres.ts";

/** A database of its own, migrated and empty, whose commits are real. */
export interface FreshDatabase extends AsyncDisposable {
  readonly database: Database;
  /** Where further processes and pools reach it; undefined for PGlite, which lives in this process only. */
  readonly url: string | undefined;
  dispose(): Promise<void>;
}

const serverUrl = process.env["TEST_DATABASE_URL"] || undefined;

let shared: Promise<FreshDatabase> | undefined;

/**
 * The database that this process's sandboxes share: PGlite in memory, or a new database on the server that
 * TEST_DATABASE_URL names, which itself is never touched. Leave it empty: commit to `freshDatabase` instead.
 */
export async function testDatabase(): Promise<Database> {
  return (await (shared ??= freshDatabase())).database;
}

/** A database for tests that need real commits, more than one connection or NOTIFY. The caller disposes of it. */
export async function freshDatabase(): Promise<FreshDatabase> {
  return serverUrl === undefined ? embedded.freshDatabase() : server.freshDatabase(serverUrl);
}

/** Makes the migrated state that databases start from, unless it is there: seconds once, then milliseconds. */
export async function prepareTestDatabase(): Promise<void> {
  await (serverUrl === undefined ? embedded.prepare() : server.prepare(serverUrl));
}

/** Drops the shared database. Called once, when the process's last test is done. */
export async function closeTestDatabase(): Promise<void> {
  const closing = shared;
  shared = undefined;
  await (await closing)?.dispose();
}
