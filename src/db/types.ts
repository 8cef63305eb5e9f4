import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import type * as schema from "../schema.ts";
import type { Connection, Rows, TenantSettings } from "./driver/connection.ts";

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
export type Listener = {
  /** Runs one statement on this very connection, and returns object rows. Rejects when the connection is lost. */
  query<R>(text: string, values: readonly unknown[]): Promise<R[]>;
  close(): Promise<void>;
};

export type PoolStats = {
  readonly max: number;
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
};

/** An open database. Every method rejects with the driver's error, or drizzle's around it; see errors.ts. */
export type Database = {
  readonly kind: "postgres" | "pglite";
  /** As the connecting owner, without row-level security: for better-auth and verify/ only. */
  readonly db: Db;
  /** A handle whose every read runs as the application's role with `settings`; PostgreSQL answers in one round trip. */
  scoped(settings: TenantSettings): ReadDb;
  /**
   * Runs `work` in a transaction as the application's role with `settings`; commits when it resolves. Runs it again when
   * PostgreSQL ended the transaction for the sake of another, so `work` leaves nothing behind outside the database.
   */
  transaction<T>(settings: TenantSettings, work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Runs one statement as the owner, prepared under `name` on PostgreSQL, and returns object rows (values.ts).
   *
   * @param deadlineMs after so many milliseconds without an answer its connection is cut (PostgreSQL).
   */
  statement<R>(name: string, text: string, values: readonly unknown[], deadlineMs?: number): Promise<R[]>;
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
  /** Rejects unless the database answers within two seconds and takes writes. */
  ping(): Promise<void>;
  stats(): PoolStats;
  /** Waits for what is under way and closes. A second call does nothing. */
  close(): Promise<void>;
};
