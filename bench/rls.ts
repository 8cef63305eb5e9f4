/**
 * What row-level security costs a read: the same drizzle query by primary key as stock drizzle over a stock pool, as the
 * owner through our session, and scoped (role and organization set in the same round trip), at once on a small pool.
 * `bun bench/rls.ts [URL]` makes and drops its own table in that database.
 */
import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { Pool } from "pg";
import { openDatabase } from "../src/db/open.ts";
import type { Database, ReadDb } from "../src/db/types.ts";
import * as schema from "../src/schema.ts";

export interface RlsOptions {
  /** A PostgreSQL database in which the role gatehouse_app exists. */
  readonly url: string;
  readonly poolMax: number;
  /** Reads under way at any time. */
  readonly concurrent: number;
  readonly reads: number;
  readonly rounds: number;
}

export interface RlsResult {
  readonly kind: string;
  /** The median over the rounds. */
  readonly readsPerSecond: number;
  /** Time relative to stock drizzle in the same round: the median, and every round's. */
  readonly ratio: number;
  readonly ratios: readonly number[];
}

const note = pgTable("gatehouse_bench_note", {
  id: uuid("id").primaryKey(),
  organizationId: text("organization_id").notNull(),
  number: integer("number").notNull(),
  title: text("title").notNull(),
});

const ROWS = 20_000;
const ORGANIZATIONS = 100;
const organizationOf = (number: number) => `org-${number % ORGANIZATIONS}`;

const SETUP = `
  drop table if exists gatehouse_bench_note;
  create table gatehouse_bench_note
    (id uuid primary key, organization_id text not null, number int not null, title text not null);
  insert into gatehouse_bench_note
    select lpad(to_hex(i), 32, '0')::uuid, 'org-' || i % ${ORGANIZATIONS}, i, repeat('t', 40) from generate_series(0, ${ROWS - 1}) i;
  alter table gatehouse_bench_note enable row level security;
  create policy organization on gatehouse_bench_note to gatehouse_app
    using (organization_id = (select nullif(current_setting('app.organization_id', true), '')));
  grant select on gatehouse_bench_note to gatehouse_app;
  analyze gatehouse_bench_note`;

type Read = (id: string, organization: string) => Promise<unknown[]>;

/** Measures every kind of read in interleaved rounds, each round in a new order, and returns them in a fixed order. */
export async function measureRls(options: RlsOptions): Promise<RlsResult[]> {
  const pool = new Pool({ connectionString: options.url, max: options.poolMax });
  const ours = await openDatabase({ url: options.url, schema, poolMax: options.poolMax });
  try {
    await ours.session((connection) => connection.exec(SETUP));
    const kinds = readers(drizzle(pool) as unknown as ReadDb, ours);
    const times = new Map(Object.keys(kinds).map((kind) => [kind, [] as number[]]));
    for (const read of Object.values(kinds)) await run(read, { ...options, reads: Math.ceil(options.reads / 4) });
    for (let round = 0; round < options.rounds; round++)
      for (const [kind, read] of rotated(Object.entries(kinds), round)) times.get(kind)?.push(await run(read, options));
    return [...times].map(([kind, measured]) => result(kind, measured, times.get(baseOf(kind)) ?? [], options.reads));
  } finally {
    await ours.session((connection) => connection.exec("drop table if exists gatehouse_bench_note"));
    await ours.close();
    await pool.end();
  }
}

/** Kinds named alike but for what stands before the comma are compared with that one's stock kind. */
function readers(stock: ReadDb, ours: Database): Record<string, Read> {
  const query = (db: ReadDb, id: string, organization: string) =>
    db
      .select()
      .from(note)
      .where(and(eq(note.id, id), eq(note.organizationId, organization)));
  const scope = (organization: string) => ours.scoped({ "app.organization_id": organization });
  return {
    "stock drizzle": (id, organization) => query(stock, id, organization).execute(),
    "as the owner": (id, organization) => query(ours.db, id, organization).execute(),
    scoped: (id, organization) => query(scope(organization), id, organization).execute(),
    "stock drizzle, named": (id, organization) => query(stock, id, organization).prepare("bench_stock").execute(),
    "as the owner, named": (id, organization) => query(ours.db, id, organization).prepare("bench_ours").execute(),
    "scoped, named": (id, organization) => query(scope(organization), id, organization).prepare("bench_ours").execute(),
  };
}

const baseOf = (kind: string) => (kind.endsWith(", named") ? "stock drizzle, named" : "stock drizzle");

/** Milliseconds that all reads took. Throws when a read does not find its row. */
async function run(read: Read, { concurrent, reads }: RlsOptions): Promise<number> {
  let next = 0;
  const worker = async () => {
    while (next < reads) {
      const number = (next++ * 7919) % ROWS;
      const id = number
        .toString(16)
        .padStart(32, "0")
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
      const rows = await read(id, organizationOf(number));
      if (rows.length !== 1) throw new Error(`Row ${number} was not found`);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: concurrent }, worker));
  return performance.now() - started;
}

function rotated<T>(items: T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function result(kind: string, measured: number[], base: number[], reads: number): RlsResult {
  const ratios = measured.map((ms, round) => ms / (base[round] ?? Number.NaN));
  return { kind, readsPerSecond: (reads / median(measured)) * 1000, ratio: median(ratios), ratios };
}

if (import.meta.main) {
  const url = process.argv[2] ?? "postgres://postgres@127.0.0.1:5432/postgres";
  for (const poolMax of [10, 20]) {
    console.log(`pool of ${poolMax}, 64 at once, time relative to stock drizzle`);
    for (const { kind, readsPerSecond, ratio, ratios } of await measureRls({
      url,
      poolMax,
      concurrent: 64,
      reads: 6_000,
      rounds: 7,
    }))
      console.log(
        kind.padEnd(24),
        `${Math.round(readsPerSecond)}/s`.padStart(9),
        ratio.toFixed(2),
        ratios.map((r) => r.toFixed(2)).join(" "),
      );
  }
}
