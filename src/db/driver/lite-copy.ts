import type { PGlite } from "@electric-sql/pglite";

/** What is handed to PGlite, or taken from it, at once: it holds that much in its memory and in ours. */
const atOnce = 16 * 1024 * 1024;
const pageBytes = 8192;
const newline = 0x0a;

/** Runs `copy … from stdin` over `chunks`, cut at the ends of lines. */
export async function copyIn(lite: PGlite, sql: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const text = sql.replace(/ from stdin\b/i, " from '/dev/blob'");
  const send = (bytes: Uint8Array) => lite.query(text, [], { blob: new Blob([bytes as Uint8Array<ArrayBuffer>]) });
  let held = Buffer.alloc(0);
  for await (const chunk of chunks) {
    held = Buffer.concat([held, chunk]);
    const end = held.lastIndexOf(newline) + 1;
    if (held.length < atOnce || end === 0) continue;
    await send(held.subarray(0, end));
    held = Buffer.from(held.subarray(end));
  }
  if (held.length > 0) await send(held);
}

/**
 * A table's rows in COPY's text form, some pages at a time: its whole never is in memory. The caller's transaction must
 * see one snapshot throughout.
 *
 * @param table quoted, as in SQL. @param columns likewise, separated by commas.
 */
export async function* copyOut(lite: PGlite, table: string, columns: string): AsyncGenerator<Uint8Array> {
  const size = await lite.query<{ pages: number }>(
    `select (pg_relation_size('${table.replaceAll("'", "''")}'::regclass) / ${pageBytes})::int as pages`,
  );
  const pages = size.rows[0]?.pages ?? 0;
  const step = atOnce / pageBytes;
  for (let from = 0; from < pages; from += step) {
    const range = `ctid >= '(${from},0)' and ctid < '(${from + step},0)'`;
    const { blob } = await lite.query(`copy (select ${columns} from ${table} where ${range}) to '/dev/blob'`);
    if (blob && blob.size > 0) yield await blob.bytes();
  }
}
