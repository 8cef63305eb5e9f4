import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { openDatabase, pgliteOf } from "../../src/db/open.ts";
import type { Database } from "../../src/db/types.ts";
import { migrate } from "../../src/db/migrate.ts";
import { readGuards, readMigrations } from "../../src/db/migration-files.ts";
import * as schema from "../../src/schema.ts";
import type { FreshDatabase } from "./fresh-database.ts";

const MODULES = join(import.meta.dir, "../../node_modules");
const SNAPSHOT_DAYS = 1;
const CACHE = join(MODULES, ".cache/gatehouse");

let snapshot: Promise<Blob> | undefined;

/** A data directory with every migration applied, from the cache or made now. */
export function migratedSnapshot(): Promise<Blob> {
  return (snapshot ??= readSnapshot());
}

/** A PGlite in memory from the cached snapshot. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const database = await openDatabase({ url: "pglite:memory", schema, snapshot: await migratedSnapshot() });
  const dispose = () => database.close();
  return { database, url: undefined, dispose, [Symbol.asyncDispose]: dispose };
}

/** Names the state that the migrations and guards lead to. */
export async function migrationsKey(): Promise<string> {
  // Theirs covers the migrations' too.
  return (await readGuards(await readMigrations()))?.checksum.slice(0, 16) ?? "";
}

/** Makes the snapshot, unless it is there, and returns its path. */
export async function prepare(): Promise<string> {
  const { version } = (await Bun.file(join(MODULES, "@electric-sql/pglite/package.json")).json()) as {
    version: string;
  };
  const path = join(CACHE, `pglite-${version}-${await migrationsKey()}.tar`);
  if (!(await Bun.file(path).exists())) await buildSnapshot(path);
  return path;
}

/** The data directory of a migrated, empty PGlite; made once per state of the migrations and kept. */
export async function readSnapshot(): Promise<Blob> {
  return new Blob([await Bun.file(await prepare()).bytes()], { type: "application/x-tar" });
}

async function buildSnapshot(path: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const database: Database = await openDatabase({ url: "pglite:memory", schema });
  await migrate(database);
  const dump = await pgliteOf(database)?.dumpDataDir("none");
  await database.close();
  if (!dump) throw new Error("There is no PGlite to dump");
  const partial = `${path}.${process.pid}`;
  await Bun.write(partial, dump);
  await rename(partial, path);
  await prune();
}

/** Removes snapshots made more than a day ago; a younger one may be another checkout's. */
async function prune(): Promise<void> {
  for (const name of await readdir(CACHE)) {
    const path = join(CACHE, name);
    if (Date.now() - Bun.file(path).lastModified > SNAPSHOT_DAYS * 24 * 3_600_000) await rm(path, { force: true });
  }
}
