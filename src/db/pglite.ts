import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import type { Listener } from "./client.ts";
import { MisuseError } from "./errors.ts";
import { lockDirectory } from "./lock.ts";
import type { Connection, Rows, Runner } from "./runner.ts";
import { type Settings, settingsStatement } from "./settings.ts";
import { inTransaction, type Verbs } from "./transaction.ts";
import type { Turns } from "./turns.ts";
import { liteValues } from "./values.ts";

export interface OpenLite {
  readonly lite: PGlite;
  readonly release: () => void;
}

/**
 * Opens PGlite in `directory` (made when missing, locked against every other process), or in memory when undefined.
 * `snapshot` is a data directory dumped before; it fills a fresh database and is ignored by an existing one.
 */
export async function openLite(directory: string | undefined, snapshot?: Blob): Promise<OpenLite> {
  const { PGlite } = await import("@electric-sql/pglite");
  const from = snapshot && { loadDataDir: snapshot };
  if (directory === undefined) return { lite: await PGlite.create({ dataDir: "memory://", ...from }), release() {} };
  mkdirSync(directory, { recursive: true });
  const dataDir = realpathSync(directory);
  const lock = lockDirectory(dataDir);
  try {
    const fresh = !existsSync(join(dataDir, "PG_VERSION"));
    return { lite: await PGlite.create({ dataDir, ...(fresh && from) }), release: lock.release };
  } catch (err) {
    lock.release();
    throw err;
  }
}

export function connection(lite: PGlite): Connection {
  return {
    async run({ text, values, shape }) {
      const options = { rowMode: shape, parsers: liteValues[shape] };
      const result = await lite.query(text, values as unknown[], options).catch(withoutValues);
      return { rows: result.rows, rowCount: result.rowCount ?? 0, command: result.command ?? "" } as Rows;
    },
    async exec(sql) {
      const results = await lite.exec(sql).catch(withoutValues);
      return results.at(-1)?.command ?? "";
    },
  };
}

// PGlite's errors carry the parameters, which must not reach a log.
function withoutValues(err: unknown): never {
  if (typeof err === "object" && err !== null && "params" in err) delete err.params;
  throw err;
}

/** Every statement and every transaction takes its turn on PGlite's only connection. */
export function liteRunner(lite: PGlite, turns: Turns): Runner {
  const on = connection(lite);
  return {
    run: (statement) => turns.take(() => on.run(statement)),
    transaction: (options, work) => turns.hold(() => inTransaction(on, verbs(on, options.mode), options, work)),
  };
}

/** Reads only, each in a transaction of its own with the settings. */
export function scopedRunner(lite: PGlite, turns: Turns, settings: Settings): Runner {
  const on = connection(lite);
  const first = settingsStatement(settings, true);
  return {
    run: (statement) =>
      turns.take(async () => {
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
  turns: Turns,
  channel: string,
  hear: (payload: string) => void,
): Promise<Listener> {
  const unlisten = await turns.take(() => lite.listen(channel, hear));
  return {
    async notify(payload) {
      await turns.take(() => lite.query("select pg_notify($1, $2)", [channel, payload]));
    },
    close: () => turns.take(() => unlisten()),
  };
}
