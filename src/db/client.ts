import { createTableRelationsHelpers, extractTablesRelationalConfig } from "drizzle-orm";
import { PgDialect, type PgDatabase, type PgQueryResultHKT } from "drizzle-orm/pg-core";
import type { PGlite } from "@electric-sql/pglite";
import type * as schema from "../schema.ts";
import { listen } from "./listen.ts";
import * as embedded from "./pglite.ts";
import * as postgres from "./postgres.ts";
import type { Connection, Rows, Runner } from "./runner.ts";
import { createDb, createReader, type Foundation, transact } from "./session.ts";
import type { Settings } from "./settings.ts";
import { Turns } from "./turns.ts";

export type { Settings } from "./settings.ts";
export type { Connection, Rows } from "./runner.ts";

export type Schema = typeof schema;

export interface AnyPgResult extends PgQueryResultHKT {
  type: Rows<this["row"]>;
}

/** The one drizzle type over both databases. `execute` rows carry the types listed in values.ts. */
export type Db = PgDatabase<AnyPgResult, Schema>;

/** The handle inside a transaction; its own `transaction` is a savepoint. */
export type Tx = Parameters<Parameters<Db["transaction"]>[0]>[0];

/** A handle that only reads; writing through it does not compile, and the database refuses it too. */
export type ReadDb = Pick<Db, "select" | "selectDistinct" | "selectDistinctOn" | "$count" | "query" | "with" | "$with">;

/** A connection that hears notifications (LISTEN). */
export interface Listener {
  /** Sends a notification to everyone who listens, this connection included; rejects when the connection is lost. */
  notify(payload: string): Promise<void>;
  close(): Promise<void>;
}

export interface PoolStats {
  readonly max: number;
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

/** An open database. Every method rejects with the driver's error, or drizzle's around it; see errors.ts. */
export interface Database {
  readonly kind: "postgres" | "pglite";
  /** As the connecting owner, without row-level security: for better-auth and verify/ only. */
  readonly db: Db;
  /** A handle whose every read runs as the application's role with `settings`; PostgreSQL answers in one round trip. */
  scoped(settings: Settings): ReadDb;
  /** Runs `work` in a transaction as the application's role with `settings`; commits when it resolves. */
  transaction<T>(settings: Settings, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Runs one statement as the owner, prepared under `name` on PostgreSQL, and returns object rows (values.ts). */
  statement<R>(name: string, text: string, values: readonly unknown[]): Promise<R[]>;
  /**
   * Gives `work` one connection as the owner, outside any transaction, until it is done: for advisory locks, migrations
   * and sandboxes. PGlite has no other connection, so everything else waits meanwhile.
   */
  session<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /**
   * Listens on `channel` over a connection of its own. `lost` is called once, when it breaks without `close`.
   * Rejects when it can't be opened.
   */
  listen(channel: string, hear: (payload: string) => void, lost: () => void): Promise<Listener>;
  /** Rejects unless the database answers. */
  ping(): Promise<void>;
  stats(): PoolStats;
  /** Waits for what is under way and closes. A second call does nothing. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** `postgres://…`, `pglite:DIRECTORY` or `pglite:memory`. */
  readonly url: string;
  readonly schema: Schema;
  /** Where LISTEN goes when `url` is a pooler that can't carry it. */
  readonly directUrl?: string | undefined;
  /** Connections at most (PostgreSQL; 10). */
  readonly poolMax?: number;
  /** After how many milliseconds an unused connection is closed (30 000). */
  readonly idleTimeoutMs?: number;
  /** How many milliseconds to wait for a connection, new or freed (5 000). */
  readonly connectTimeoutMs?: number;
  /** The server cancels a statement after so many milliseconds, with SQLSTATE 57014 (30 000; 0: never; PostgreSQL). */
  readonly statementTimeoutMs?: number;
  /** Hears of each statement: its text, the number of its parameters, milliseconds. Never the values. */
  readonly onQuery?: (text: string, params: number, ms: number) => void;
  /** A dumped PGlite data directory that a fresh PGlite starts from. */
  readonly snapshot?: Blob;
}

/**
 * Opens the database that `url` names. PostgreSQL is first connected to when first used; PGlite's directory is made when
 * missing and locked against other processes. Throws when `url` is neither, or the directory is in use.
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const { url } = options;
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgres(options);
  if (!url.startsWith("pglite:") || url === "pglite:")
    throw new Error("The database URL must be postgres://…, pglite:DIRECTORY or pglite:memory");
  const directory = url.slice("pglite:".length);
  const { lite, release } = await embedded.openLite(directory === "memory" ? undefined : directory, options.snapshot);
  return pgliteDatabase(lite, release, options);
}

/** What drizzle handles over `schema` are made from. */
export function foundationOf({ schema, onQuery }: Pick<OpenOptions, "schema" | "onQuery">): Foundation {
  const { tables, tableNamesMap } = extractTablesRelationalConfig(schema, createTableRelationsHelpers);
  const relations = { fullSchema: schema, schema: tables, tableNamesMap } as unknown as Foundation["relations"];
  return { dialect: new PgDialect(), relations, onQuery };
}

/** The members that follow from a runner for the owner and one per scope. */
export function handles(on: Foundation, owner: Runner, scoped: (settings: Settings) => Runner) {
  return {
    db: createDb(on, owner),
    scoped: (settings: Settings): ReadDb => createReader(on, scoped(settings)),
    transaction: <T>(settings: Settings, work: (tx: Tx) => Promise<T>) => transact(on, owner, { settings }, work),
    async statement<R>(name: string, text: string, values: readonly unknown[]): Promise<R[]> {
      const started = performance.now();
      try {
        return (await owner.run({ name, text, values, shape: "object" })).rows as R[];
      } finally {
        on.onQuery?.(text, values.length, performance.now() - started);
      }
    },
    async ping() {
      await owner.run({ text: "select 1", values: [], shape: "object" });
    },
  };
}

/** How long past its own time limit a server may take to say so. */
const graceMs = 2_000;

function openPostgres(options: OpenOptions): Database {
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  const pool = postgres.openPool({
    url: options.url,
    poolMax: options.poolMax ?? 10,
    idleTimeoutMs: options.idleTimeoutMs ?? 30_000,
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    statementTimeoutMs,
  });
  const deadlineMs = statementTimeoutMs === 0 ? 0 : statementTimeoutMs + graceMs;
  const on = foundationOf(options);
  let closing: Promise<void> | undefined;
  return {
    kind: "postgres",
    ...handles(on, postgres.poolRunner(pool, deadlineMs), (settings) =>
      postgres.scopedRunner(pool, settings, deadlineMs),
    ),
    session: (work) => postgres.withClient(pool, (client) => work(postgres.connection(client))),
    listen: (channel, hear, lost) =>
      listen({ listening: options.directUrl ?? options.url, statements: options.url }, channel, hear, lost),
    stats: () => ({
      max: pool.options.max,
      total: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    close: () => (closing ??= pool.end()),
  };
}

const MISUSE =
  "The database was used inside its own transaction; use the handle given to the callback (PGlite has one connection)";

const instances = new WeakMap<Database, PGlite>();

/** The PGlite behind an embedded database, for dumping it or listening on it. Undefined for PostgreSQL. */
export function pgliteOf(database: Database): PGlite | undefined {
  return instances.get(database);
}

function pgliteDatabase(lite: PGlite, release: () => void, options: OpenOptions): Database {
  const turns = new Turns(MISUSE);
  const on = foundationOf(options);
  let closing: Promise<void> | undefined;
  const database: Database = {
    kind: "pglite",
    ...handles(on, embedded.liteRunner(lite, turns), (settings) => embedded.scopedRunner(lite, turns, settings)),
    session: (work) => turns.hold(() => work(embedded.connection(lite))),
    listen: (channel, hear) => embedded.listen(lite, turns, channel, hear),
    stats: () => ({ max: 1, total: 1, idle: turns.busy ? 0 : 1, waiting: turns.waiting }),
    close: () => (closing ??= turns.take(() => lite.close()).finally(release)),
  };
  instances.set(database, lite);
  return database;
}
