import { existsSync, mkdirSync, realpathSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { PGlite } from "@electric-sql/pglite";
import type { Listener } from "../types.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { MisuseError } from "../errors.ts";
import { packed } from "../packed.ts";
import { lockDirectory } from "./directory-lock.ts";
import type { Connection, Runner, TenantSettings } from "./connection.ts";
import { settingsStatement } from "../tenant.ts";
import { inTransaction, type Verbs } from "../drizzle/transaction.ts";
import type { Mutex } from "../drizzle/mutex.ts";
import { settleReplacement } from "./replace.ts";
import { liteConnection } from "./lite-wire.ts";

export type OpenLite = {
  readonly lite: PGlite;
  readonly release: () => void;
};

/**
 * Opens PGlite in `directory` (made when missing, locked against every other process), or in memory when undefined.
 * `snapshot` is a data directory dumped before; it fills a fresh database and is ignored by an existing one.
 */
export async function openLite(directory: string | undefined, snapshot?: Blob): Promise<OpenLite> {
  const { PGlite } = await import("@electric-sql/pglite");
  const filled = snapshot ?? (packed && Bun.file(packed.pglite.snapshot));
  const from = filled && { loadDataDir: filled };
  const parts = { ...(await carried()), startParams: [...PGlite.defaultStartParams, ...fewBuffers] };
  if (directory === undefined)
    return { lite: await PGlite.create({ dataDir: "memory://", ...parts, ...from }), release() {} };
  mkdirSync(directory, { recursive: true });
  const dataDir = realpathSync(directory);
  const lock = lockDirectory(dataDir);
  try {
    settleReplacement(dataDir);
    const fresh = !existsSync(join(dataDir, "PG_VERSION"));
    return { lite: await PGlite.create({ dataDir, ...parts, ...(fresh && from) }), release: lock.release };
  } catch (err) {
    lock.release();
    throw new OperatorError(
      `The data directory ${dataDir} can't be opened (${(err as Error).message}): it is damaged, or of another version; restore it, or set DATABASE_URL to another one`,
      { cause: err },
    );
  }
}

/** Its default is 128 MB, twice what the rest of the process takes; the operating system's cache does the work. */
const fewBuffers = ["-c", "shared_buffers=16MB"];

/** What PGlite reads when it opens: files of its package with the extensions, or what the executable carries. */
async function carried() {
  if (packed) {
    const { wasm, initdb, data, extensions } = packed.pglite;
    const compiled = async (path: string) => WebAssembly.compile(await Bun.file(path).arrayBuffer());
    const extension = async ([name, path]: [string, string]) =>
      [name, { name, setup: async () => ({ bundlePath: await unpacked(path) }) }] as const;
    return {
      pgliteWasmModule: await compiled(wasm),
      initdbWasmModule: await compiled(initdb),
      fsBundle: Bun.file(data),
      extensions: Object.fromEntries(await Promise.all(Object.entries(extensions).map(extension))),
    };
  }
  // PostgreSQL has them on the server; PGlite is given them whenever it opens.
  const { pg_trgm } = await import("@electric-sql/pglite/contrib/pg_trgm");
  const { btree_gin } = await import("@electric-sql/pglite/contrib/btree_gin");
  return { extensions: { pg_trgm, btree_gin } };
}

/** A file of the executable as one of the system: PGlite reads its extensions in a way that doesn't find the former. */
async function unpacked(path: string): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), "gatehouse-"));
  const file = join(folder, basename(path));
  await Bun.write(file, Bun.file(path));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return pathToFileURL(file);
}

const connections = new WeakMap<PGlite, Connection>();

/** The one connection of `lite`. */
export function connection(lite: PGlite): Connection {
  let made = connections.get(lite);
  if (!made) connections.set(lite, (made = liteConnection(lite)));
  return made;
}

/** Every statement and every transaction takes its turn on PGlite's only connection. */
export function liteRunner(lite: PGlite, turns: Mutex): Runner {
  const on = connection(lite);
  return {
    run: (statement) => turns.run(() => on.run(statement)),
    transaction: (options, work) => turns.runGuarded(() => inTransaction(on, verbs(on, options.mode), options, work)),
  };
}

/** Reads only, each in a transaction of its own with the settings. */
export function scopedRunner(lite: PGlite, turns: Mutex, settings: TenantSettings): Runner {
  const on = connection(lite);
  const first = settingsStatement(settings, { readOnly: true });
  return {
    run: (statement) =>
      turns.run(async () => {
        await on.exec("begin");
        try {
          await on.run(first);
          return await on.run(statement);
        } finally {
          await on.exec("rollback");
        }
      }),
    transaction: () => Promise.reject(new MisuseError("A scoped handle only reads; write through transaction()")),
  };
}

function verbs(on: Connection, mode: string | undefined): Verbs {
  return {
    begin: () => on.exec(mode ? `begin ${mode}` : "begin"),
    commit: () => on.exec("commit"),
    rollback: () => on.exec("rollback").catch(() => {}),
  };
}

/** Hears `channel`, on the one connection there is. */
export async function listen(
  lite: PGlite,
  turns: Mutex,
  channel: string,
  hear: (payload: string) => void,
): Promise<Listener> {
  const unlisten = await turns.run(() => lite.listen(channel, hear));
  return {
    query: async <R>(text: string, values: readonly unknown[]) =>
      (await turns.run(() => lite.query<R>(text, values as unknown[]))).rows,
    close: () => turns.run(() => unlisten()),
  };
}
