import { createGzip, createGunzip } from "node:zlib";
import { Readable, pipeline } from "node:stream";
import { appliedTo, countsOf, quoted, sequencesOf, tablesOf } from "../db/contents.ts";
import type { Connection } from "../db/driver/connection.ts";
import { copyOut } from "../db/driver/lite-copy.ts";
import { pgliteOf } from "../db/open.ts";
import { rebuild } from "../db/rebuild.ts";
import type { Database } from "../db/types.ts";
import { serverVersion } from "./dump-postgres.ts";
import type { Dump, RestoreOptions, Source } from "./dump.ts";
import { type Manifest, rowsOf } from "./manifest.ts";

/** Dumps an embedded database, a compressed file for each table in COPY's text form. Others wait meanwhile. */
export function dumpEmbedded(database: Database): Dump {
  return ({ put, progress }) =>
    database.session((on) =>
      atOneMoment(on, async () => {
        const contents = await contentsOf(on);
        const tables: Manifest["tables"] = [];
        const files: Manifest["files"] = [];
        for (const table of contents.tables) {
          progress(table.name);
          const file = `${table.name}.copy.gz`;
          if (table.rows > 0) files.push({ name: file, ...(await put(file, zipped(rows(database, table)))) });
          tables.push({ ...table, file: table.rows > 0 ? file : null });
        }
        return { ...contents, tables, files };
      }),
    );
}

type Contents = Pick<Manifest, "version" | "schema" | "sequences"> & {
  tables: Omit<Manifest["tables"][number], "file">[];
};

/** What a transaction sees of the database, but for the rows. */
export async function contentsOf(on: Connection): Promise<Contents> {
  const tables = await tablesOf(on);
  const counts = await countsOf(
    on,
    tables.map(({ name }) => name),
  );
  return {
    version: await serverVersion(on),
    schema: await appliedTo(on),
    sequences: await sequencesOf(on),
    tables: tables.map(({ name, columns }) => ({ name, columns: [...columns], rows: counts.get(name) ?? 0 })),
  };
}

/** Runs `work` in a transaction that sees one state throughout, and leaves nothing behind. */
export async function atOneMoment<T>(on: Connection, work: () => Promise<T>): Promise<T> {
  await on.exec(
    "begin isolation level repeatable read read only; set local datestyle to iso; set local timezone to utc",
  );
  try {
    return await work();
  } finally {
    await on.exec("rollback").catch(() => {});
  }
}

type Rows = { readonly name: string; readonly columns: readonly string[] };

const columnsOf = ({ columns }: Rows): string => columns.map(quoted).join(", ");

/** A table's rows, as `copyIn` takes them. */
export function rows(database: Database, table: Rows): AsyncIterable<Uint8Array> {
  const lite = pgliteOf(database);
  if (!lite) throw new TypeError("rows are copied out of embedded databases only");
  return copyOut(lite, quoted(table.name), columnsOf(table));
}

export const copyInto = (on: Connection, table: Rows, chunks: AsyncIterable<Uint8Array>): Promise<void> =>
  on.copyIn(`copy ${quoted(table.name)} (${columnsOf(table)}) from stdin`, chunks);

/** Fills a database of either kind from the dump of an embedded one. */
export async function restoreEmbedded(
  database: Database,
  { manifest, open, verified }: Source,
  { force, progress }: RestoreOptions,
): Promise<void> {
  const { schema: applied, sequences } = manifest;
  await rebuild(database, {
    applied,
    sequences,
    force,
    counts: rowsOf(manifest),
    async fill(on) {
      for (const table of manifest.tables) {
        progress(table.name);
        if (table.file === null) continue;
        await copyInto(on, table, unzipped(open(table.file)));
        verified(table.file);
      }
    },
  });
}

const zipped = (chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> => through(chunks, createGzip());
const unzipped = (chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> => through(chunks, createGunzip());

/** Errors of either end come to who reads. */
const through = (chunks: AsyncIterable<Uint8Array>, zip: ReturnType<typeof createGzip>): AsyncIterable<Uint8Array> =>
  pipeline(Readable.from(chunks), zip, () => {});
