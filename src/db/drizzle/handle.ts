import { DrizzleQueryError } from "drizzle-orm/errors";
import {
  PgDatabase,
  type PgDialect,
  PgPreparedQuery,
  PgSession,
  PgTransaction,
  type PgTransactionConfig,
  type PreparedQueryConfig,
  type SelectedFieldsOrdered,
} from "drizzle-orm/pg-core";
import type { ExtractTablesWithRelations } from "drizzle-orm/relations";
import { fillPlaceholders, type Query, type SQL } from "drizzle-orm/sql";
import * as drizzle from "drizzle-orm/utils";
import type { AnyPgResult, ReadDb, Schema } from "../types.ts";
import { MisuseError } from "../errors.ts";
import type { Rows, Runner, TransactionOptions } from "../driver/connection.ts";

type Tables = ExtractTablesWithRelations<Schema>;
type Mapper = (rows: unknown[][]) => unknown;

/** What every drizzle handle over one database shares; made once, since reading the relations out is costly. */
export type Foundation = {
  readonly dialect: PgDialect;
  readonly relations: { fullSchema: Schema; schema: Tables; tableNamesMap: Record<string, string> };
  /** Called after each statement of the code above, with its text, the number of its parameters and milliseconds. */
  readonly onQuery?: ((text: string, params: number, ms: number) => void) | undefined;
};

// Not in drizzle's type declarations.
const { mapResultRow } = drizzle as unknown as {
  mapResultRow: (fields: SelectedFieldsOrdered, row: unknown, nullable: Record<string, boolean> | undefined) => unknown;
};

/** A writable drizzle handle whose statements go through `runner`. */
export function createDb(on: Foundation, runner: Runner): PgDatabase<AnyPgResult, Schema> {
  return new PgDatabase(on.dialect, new Session(on, runner), on.relations);
}

/** A handle for reading, cheap enough to be made per request: the relational builders come into being when used. */
export function createReader(on: Foundation, runner: Runner): PgDatabase<AnyPgResult, Schema> {
  const session = new Session(on, runner);
  const reader = new PgDatabase<AnyPgResult, Schema>(on.dialect, session, undefined);
  return Object.defineProperty(reader, "query", {
    get: () => new PgDatabase<AnyPgResult, Schema>(on.dialect, session, on.relations).query,
  });
}

/** A select that is built once, and read by any handle with values of its own. */
export type Statement<Row> = (db: ReadDb, values: Readonly<Record<string, unknown>>) => Promise<Row[]>;

/**
 * Builds a select once: drizzle takes longer to write a list's SQL than PostgreSQL to answer it.
 *
 * @param name of the prepared statement on PostgreSQL, which then plans it once for each connection; 63 bytes at most.
 * @param build makes the select, with `sql.placeholder` where values differ.
 */
export function statement<Row>(name: string, build: (db: ReadDb) => { prepare(name: string): unknown }): Statement<Row> {
  let built: Prepared<PreparedQueryConfig> | undefined;
  return async (db, values) => {
    built ??= build(db).prepare(name) as Prepared<PreparedQueryConfig>;
    return (await built.through(sessionOf(db)).execute(values)) as Row[];
  };
}

const sessionOf = (db: ReadDb): Session => (db as unknown as { session: Session }).session;

/** Runs `work` in a transaction of `runner`, with a drizzle transaction handle. */
export function transact<T>(
  on: Foundation,
  runner: Runner,
  options: TransactionOptions,
  work: (tx: PgTransaction<AnyPgResult, Schema, Tables>) => Promise<T>,
): Promise<T> {
  return runner.transaction(options, (inner) => work(new Transaction(on, new Session(on, inner))));
}

class Session extends PgSession<AnyPgResult, Schema, Tables> {
  constructor(
    readonly on: Foundation,
    readonly runner: Runner,
  ) {
    super(on.dialect);
  }

  prepareQuery<T extends PreparedQueryConfig>(
    query: Query,
    fields: SelectedFieldsOrdered | undefined,
    name: string | undefined,
    _arrayMode: boolean,
    mapper?: Mapper,
  ): PgPreparedQuery<T> {
    return new Prepared(this, query, fields, name, mapper);
  }

  transaction<T>(
    work: (tx: PgTransaction<AnyPgResult, Schema, Tables>) => Promise<T>,
    config?: PgTransactionConfig,
  ): Promise<T> {
    return transact(this.on, this.runner, { mode: modeOf(config) }, work);
  }

  override async count(query: SQL): Promise<number> {
    const { rows } = await this.execute<Rows<{ count: number }>>(query);
    return Number(rows[0]?.count);
  }
}

function modeOf(config: PgTransactionConfig | undefined): string | undefined {
  const parts: string[] = [];
  if (config?.isolationLevel) parts.push(`isolation level ${config.isolationLevel}`);
  if (config?.accessMode) parts.push(config.accessMode);
  if (config?.deferrable !== undefined) parts.push(config.deferrable ? "deferrable" : "not deferrable");
  return parts.length ? parts.join(" ") : undefined;
}

class Transaction extends PgTransaction<AnyPgResult, Schema, Tables> {
  readonly #session: Session;

  constructor(on: Foundation, session: Session) {
    super(on.dialect, session, on.relations);
    this.#session = session;
  }

  transaction<T>(work: (tx: PgTransaction<AnyPgResult, Schema, Tables>) => Promise<T>): Promise<T> {
    return this.#session.transaction(work);
  }
}

class Prepared<T extends PreparedQueryConfig> extends PgPreparedQuery<T> {
  // Set by drizzle's select builder.
  declare joinsNotNullableMap: Record<string, boolean> | undefined;
  readonly #session: Session;
  readonly #fields: SelectedFieldsOrdered | undefined;
  readonly #name: string | undefined;
  readonly #mapper: Mapper | undefined;

  constructor(
    session: Session,
    query: Query,
    fields: SelectedFieldsOrdered | undefined,
    name: string | undefined,
    mapper: Mapper | undefined,
  ) {
    super(query, undefined, undefined);
    this.#session = session;
    this.#fields = fields;
    this.#name = name;
    this.#mapper = mapper;
  }

  /** The same statement, sent through another session. */
  through(session: Session): Prepared<T> {
    const other = new Prepared<T>(session, this.query, this.#fields, this.#name, this.#mapper);
    other.joinsNotNullableMap = this.joinsNotNullableMap;
    return other;
  }

  async execute(placeholders: Record<string, unknown> = {}): Promise<T["execute"]> {
    if (this.#mapper) return this.#mapper((await this.#run("array", placeholders)).rows as unknown as unknown[][]);
    const fields = this.#fields;
    if (!fields) return this.#run("object", placeholders);
    const { rows } = await this.#run("array", placeholders);
    return rows.map((row) => mapResultRow(fields, row, this.joinsNotNullableMap));
  }

  async all(placeholders: Record<string, unknown> = {}): Promise<T["all"]> {
    return (await this.#run("object", placeholders)).rows;
  }

  async #run(shape: "object" | "array", placeholders: Record<string, unknown>): Promise<Rows> {
    const { sql: text, params } = this.query;
    const values = fillPlaceholders(params, placeholders);
    const { onQuery } = this.#session.on;
    const started = onQuery ? performance.now() : 0;
    try {
      return await this.#session.runner.run({ text, values, name: this.#name, shape });
    } catch (err) {
      if (err instanceof MisuseError) throw err;
      // The values are left out: this error's message ends up in logs.
      throw new DrizzleQueryError(text, [], err as Error);
    } finally {
      onQuery?.(text, values.length, performance.now() - started);
    }
  }
}
