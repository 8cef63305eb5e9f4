/** Values that row-level security policies read through `current_setting`, such as `app.organization_id`. */
export type TenantSettings = Readonly<Record<`app.${string}`, string>>;

/** One SQL statement. `array` rows are for drizzle, which maps columns by position. */
export type Statement = {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly name?: string | undefined;
  readonly shape: "object" | "array";
  /** After so many milliseconds without an answer the connection is cut (PostgreSQL). */
  readonly deadlineMs?: number | undefined;
};

/** What a statement answers, the same on both databases. `command` is the tag's first word, such as `SELECT`. */
export interface Rows<T = Record<string, unknown>> {
  rows: T[];
  rowCount: number;
  command: string;
}

/** One connection of a database. */
export type Connection = {
  /** Runs one statement (never several: the extended protocol refuses them). */
  readonly run: (statement: Statement) => Promise<Rows>;
  /** Runs `sql`, which may hold several statements, and returns the last one's command tag. */
  readonly exec: (sql: string) => Promise<string>;
  /** Runs `copy … from stdin` over rows in COPY's text form, in chunks of any size. */
  readonly copyIn: (sql: string, chunks: AsyncIterable<Uint8Array>) => Promise<void>;
};

export type TransactionOptions = {
  /** What follows `begin`, such as `isolation level serializable`. */
  readonly mode?: string | undefined;
  /** Runs the transaction as the application's role with these settings; absent: as the owner. */
  readonly settings?: TenantSettings | undefined;
};

/** What a drizzle session sends its statements through: a pool, a connection's transaction, a sandbox. */
export type Runner = {
  run(statement: Statement): Promise<Rows>;
  transaction<T>(options: TransactionOptions, work: (inner: Runner) => Promise<T>): Promise<T>;
};
