import { createHash } from "node:crypto";
import type { Clock } from "../core/clock.ts";
import { OperatorError } from "../core/operator-error.ts";
import type { Database } from "../db/types.ts";
import { release } from "../ops/release.ts";
import { dumpPostgres, type Urls } from "./dump-postgres.ts";
import type { Source } from "./dump.ts";
import { dumpEmbedded } from "./embedded.ts";
import { type Manifest, manifestBytesMax, manifestFile, nameOf, readManifest, timeIn } from "./manifest.ts";
import { measured, type Store, type Written } from "./store.ts";

export type Ports = {
  readonly database: Database;
  readonly urls: Urls;
  readonly clock: Clock;
  /** AUTH_SECRET, of which the backup keeps a fingerprint; undefined where nobody knows it. */
  readonly secret: string | undefined;
  /** Gives up. */
  readonly signal?: AbortSignal;
};

/** Hears of each table when its rows are on their way. */
export type Progress = (table: string) => void;

/**
 * Makes a backup of all that the database holds at one moment.
 *
 * @throws OperatorError naming what is to be done; nothing is left behind then.
 */
export async function backUp(ports: Ports, store: Store, progress: Progress = () => {}): Promise<Manifest> {
  const { database, clock, urls, secret, signal } = ports;
  const madeAt = clock();
  const name = nameOf(madeAt);
  const draft = await store.begin(name);
  try {
    const dump = database.kind === "postgres" ? dumpPostgres(database, urls) : dumpEmbedded(database);
    const put: typeof draft.put = (file, chunks) => draft.put(file, until(signal, chunks));
    const dumped = await dump({ put, progress });
    if (dumped.schema.length === 0)
      throw new OperatorError("the database has nothing of Gatehouse: correct DATABASE_URL");
    const manifest: Manifest = {
      format: 1,
      name,
      madeAt: madeAt.toISOString(),
      release,
      database: database.kind,
      ...dumped,
      secret: secret === undefined ? null : fingerprint(secret),
    };
    await draft.finish(`${JSON.stringify(manifest, null, 2)}\n`);
    return manifest;
  } catch (err) {
    await draft.discard().catch(() => {});
    throw err;
  }
}

async function* until(signal: AbortSignal | undefined, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    if (signal?.aborted) throw new OperatorError("the backup was given up, since the server stops");
    yield chunk;
  }
}

/** Shows whether two secrets are the same, and nothing else of them. */
export const fingerprint = (secret: string): string =>
  createHash("sha256").update(`gatehouse backup ${secret}`).digest("hex").slice(0, 16);

/** @param wanted a backup's name, or `latest`. @throws OperatorError where there is none, or its manifest is damaged. */
export async function findBackup(store: Store, wanted: string): Promise<Manifest> {
  const names = await store.names();
  const name = wanted === "latest" ? names.at(-1) : names.find((each) => each === wanted);
  if (name === undefined)
    throw new OperatorError(`there is no backup ${wanted} in ${store.place}: see db backups, or name another place`);
  return readManifest(await textOf(store, name), name);
}

/** Every backup with what its manifest says, oldest first; null where it is damaged. */
export async function listBackups(store: Store): Promise<{ name: string; manifest: Manifest | null }[]> {
  const found: { name: string; manifest: Manifest | null }[] = [];
  for (const name of await store.names()) {
    const text = await textOf(store, name);
    found.push({ name, manifest: manifestOrNull(text, name) });
  }
  return found;
}

function manifestOrNull(text: string, name: string): Manifest | null {
  try {
    return readManifest(text, name);
  } catch {
    return null;
  }
}

async function textOf(store: Store, name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of store.read(name, manifestFile)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > manifestBytesMax) break;
  }
  return Buffer.concat(chunks).toString("utf8", 0, manifestBytesMax);
}

/** Reads every file and compares it with its sum. @throws OperatorError naming what differs. */
export async function openSource(store: Store, manifest: Manifest, progress: Progress = () => {}): Promise<Source> {
  const sums = new Map<string, () => Written>();
  const source: Source = {
    manifest,
    open(file) {
      const { passed, sum } = measured(store.read(manifest.name, file));
      sums.set(file, sum);
      return passed;
    },
    verified(file) {
      const found = sums.get(file)?.();
      const said = manifest.files.find(({ name }) => name === file);
      if (found === undefined || said === undefined || found.bytes !== said.bytes || found.sha256 !== said.sha256)
        throw new OperatorError(
          `the backup ${manifest.name} is damaged: ${file} isn't what its manifest says; choose another one (db backups)`,
        );
    },
  };
  const named = new Set(manifest.files.map(({ name }) => name));
  for (const { file } of manifest.tables) if (file !== null && !named.has(file)) source.verified(file);
  for (const { name } of manifest.files) {
    progress(name);
    for await (const _ of source.open(name));
    source.verified(name);
  }
  return source;
}

const dayMs = 24 * 3_600_000;

/**
 * Removes the backups that are older than `days`, but never the newest that can be read, and what was begun a day ago and never
 * finished.
 *
 * @returns the names of what is gone.
 */
export async function prune(store: Store, days: number, now: Date): Promise<string[]> {
  const before = new Date(now.getTime() - days * dayMs);
  const all = await listBackups(store);
  const newest = all.findLast(({ manifest }) => manifest !== null)?.name ?? all.at(-1)?.name;
  const old = all.filter(({ name }) => name !== newest && (timeIn(name) ?? now) < before).map(({ name }) => name);
  for (const name of old) await store.remove(name);
  await store.removeUnfinished(new Date(now.getTime() - dayMs));
  return old;
}
