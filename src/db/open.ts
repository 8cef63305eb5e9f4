import { createTableRelationsHelpers, extractTablesRelationalConfig } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import type { PGlite } from "@electric-sql/pglite";
import { listen } from "./driver/listen.ts";
import { withinTime } from "./errors.ts";
import * as embedded from "./driver/pglite.ts";
import { refusePooler } from "./driver/pooler.ts";
import * as postgres from "./driver/postgres.ts";
import type { Runner, TenantSettings } from "./driver/connection.ts";
import { createDb, createReader, type Foundation, transact } from "./drizzle/handle.ts";
import { Mutex } from "./drizzle/mutex.ts";
import type { Database, ReadDb, Schema, Tx } from "./types.ts";

export type OpenOptions = {
  /** `postgres://…`, `pglite:DIRECTORY` or `pglite:memory`. */
  readonly url: string;
  readonly schema: Schema;
  /**
   * PostgreSQL itself, where `url` leads to a pooler in transaction mode: for LISTEN, migrations and their lock. Through
   * the pooler nothing is prepared, and no start-up parameter is sent that PgBouncer refuses.
   */
  readonly directUrl?: string | undefined;
  /** Connections at most (PostgreSQL; 10). */
  readonly poolMax?: number;
  /** After how many milliseconds an unused connection is closed (30 000). */
  readonly idleTimeoutMs?: number;
  /** How many milliseconds to wait for a connection, new or freed (5 000). */
  readonly connectTimeoutMs?: number;
  /** The server cancels a statement after so many milliseconds, with SQLSTATE 57014 (30 000; 0: never; PostgreSQL). */
  readonly statementTimeoutMs?: number;
  /** Called after each statement with its text, the number of its parameters and milliseconds; never with the values. */
  readonly onQuery?: (text: string, params: number, ms: number) => void;
  /** A dumped PGlite data directory that a fresh PGlite starts from. */
  readonly snapshot?: Blob;
};

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
export function handles(on: Foundation, owner: Runner, scoped: (settings: TenantSettings) => Runner) {
  return {
    db: createDb(on, owner),
    scoped: (settings: TenantSettings): ReadDb => createReader(on, scoped(settings)),
    transaction: <T>(settings: TenantSettings, work: (tx: Tx) => Promise<T>) => transact(on, owner, { settings }, work),
    async statement<R>(name: string, text: string, values: readonly unknown[], deadlineMs?: number): Promise<R[]> {
      const started = performance.now();
      try {
        return (await owner.run({ name, text, values, shape: "object", deadlineMs })).rows as R[];
      } finally {
        on.onQuery?.(text, values.length, performance.now() - started);
      }
    },
    async ping() {
      const text = "select current_setting('transaction_read_only') as value";
      const asked = owner.run({ text, values: [], shape: "object", deadlineMs: pingMs });
      const { rows } = await withinTime(asked, pingMs);
      if (rows[0]?.["value"] === "on") throw Object.assign(new Error("the database is read-only"), { code: "25006" });
    },
  };
}

/** How long a database that is well takes at most to say so. */
const pingMs = 2_000;

function openPostgres(options: OpenOptions): Database {
  const { url, directUrl = url, connectTimeoutMs = 5_000 } = options;
  // Whoever says where PostgreSQL itself is says that `url` is something else.
  const pooled = directUrl !== url;
  const server = postgres.openServer({
    url,
    poolMax: options.poolMax ?? 10,
    idleTimeoutMs: options.idleTimeoutMs ?? 30_000,
    connectTimeoutMs,
    statementTimeoutMs: options.statementTimeoutMs ?? 30_000,
    pooled,
  });
  const { pool } = server;
  const on = foundationOf(options);
  let closing: Promise<void> | undefined;
  return {
    kind: "postgres",
    ...handles(on, postgres.poolRunner(server), (settings) => postgres.scopedRunner(server, settings)),
    session: (work) =>
      pooled
        ? postgres.withOwnClient(directUrl, connectTimeoutMs, (client) => work(postgres.sessionOf(client)))
        : postgres.withClient(pool, async (client) => {
            await refusePooler(client);
            return work(postgres.sessionOf(client));
          }),
    listen: (channel, hear, lost) => listen(directUrl, channel, hear, lost),
    stats: () => ({
      max: pool.options.max,
      total: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    close: () => (closing ??= pool.end()),
  };
}

const ownTransaction =
  "The database was used inside its own transaction; use the handle given to the callback (PGlite has one connection)";

const instances = new WeakMap<Database, PGlite>();

/** The PGlite behind an embedded database, for dumping it or listening on it. Undefined for PostgreSQL. */
export function pgliteOf(database: Database): PGlite | undefined {
  return instances.get(database);
}

function pgliteDatabase(lite: PGlite, release: () => void, options: OpenOptions): Database {
  const turns = new Mutex(ownTransaction);
  const on = foundationOf(options);
  let closing: Promise<void> | undefined;
  const database: Database = {
    kind: "pglite",
    ...handles(on, embedded.liteRunner(lite, turns), (settings) => embedded.scopedRunner(lite, turns, settings)),
    session: (work) => turns.runGuarded(() => work(embedded.connection(lite))),
    listen: (channel, hear) => embedded.listen(lite, turns, channel, hear),
    stats: () => ({ max: 1, total: 1, idle: turns.busy ? 0 : 1, waiting: turns.waiting }),
    close: () => (closing ??= turns.run(() => lite.close()).finally(release)),
  };
  instances.set(database, lite);
  return database;
}
