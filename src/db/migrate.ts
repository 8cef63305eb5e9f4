import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Connection, Database } from "./client.ts";

export interface Migration {
  readonly tag: string;
  readonly sql: string;
  /** SHA-256 of the file with LF line ends, in hex. */
  readonly checksum: string;
}

export interface MigrationStatus {
  readonly tag: string;
  /** When it was applied, or null while it is pending. */
  readonly appliedAt: Date | null;
}

export interface MigrateOptions {
  /** The folder that drizzle-kit writes (the repository's `drizzle/`). */
  readonly folder?: string;
  /** How many milliseconds to wait for another process that is migrating (60 000). */
  readonly waitMs?: number;
  /** Hears of each migration once it is applied or rolled back. */
  readonly onDone?: (tag: string) => void;
}

/** Says what is wrong with the migrations, in words for the operator. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

const FOLDER = join(import.meta.dir, "../../drizzle");
const LOCK = 7_261_001;
const POLL_MS = 100;
const BREAKPOINT = "--> statement-breakpoint";
const NO_TRANSACTION = /^-- no-transaction\b/;

/** The migrations of `folder` in the order of its journal. Throws MigrationError when a file is missing. */
export async function readMigrations(folder: string = FOLDER): Promise<Migration[]> {
  const journal = (await Bun.file(join(folder, "meta/_journal.json")).json()) as { entries: { tag: string }[] };
  return await Promise.all(
    journal.entries.map(async ({ tag }) => {
      const sql = await readSql(join(folder, `${tag}.sql`));
      if (sql === undefined) throw new MigrationError(`Migration ${tag} is in the journal but ${tag}.sql is missing`);
      return { tag, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

async function readSql(path: string): Promise<string | undefined> {
  const file = Bun.file(path);
  return (await file.exists()) ? (await file.text()).replaceAll("\r\n", "\n") : undefined;
}

/**
 * Applies every pending migration as the owner and returns their tags. Each file is one transaction, unless its first
 * line is `-- no-transaction`: then its statements run one by one. Processes that migrate at the same time wait for one
 * another, which takes a direct connection: a pooler that shares connections between transactions loses the lock.
 * Throws MigrationError when an applied file has changed or is unknown here, or a statement fails.
 */
export function migrate(database: Database, options: MigrateOptions = {}): Promise<string[]> {
  return locked(database, options, async (connection) => {
    const migrations = await readMigrations(options.folder);
    const applied = await verified(connection, migrations);
    const pending = migrations.filter(({ tag }) => !applied.has(tag));
    for (const migration of pending) {
      await apply(connection, migration.tag, migration.sql, {
        text: "insert into gatehouse.schema_migration (tag, checksum) values ($1, $2)",
        values: [migration.tag, migration.checksum],
      });
      options.onDone?.(migration.tag);
    }
    return pending.map(({ tag }) => tag);
  });
}

/** Every migration in order, applied or pending. Changes nothing. Throws as `migrate` does for a changed history. */
export function migrationStatus(database: Database, options: MigrateOptions = {}): Promise<MigrationStatus[]> {
  return database.session(async (connection) => {
    const migrations = await readMigrations(options.folder);
    const [table] = await query<{ found: string | null }>(
      connection,
      "select to_regclass('gatehouse.schema_migration')::text as found",
    );
    const applied = table?.found ? await verified(connection, migrations) : new Map<string, Date>();
    return migrations.map(({ tag }) => ({ tag, appliedAt: applied.get(tag) ?? null }));
  });
}

/**
 * Undoes the last applied migration by `down/<tag>.sql` and returns its tag. Throws MigrationError when nothing is
 * applied or there is no down file.
 */
export function rollback(database: Database, options: MigrateOptions = {}): Promise<string> {
  return locked(database, options, async (connection) => {
    const migrations = await readMigrations(options.folder);
    const applied = await verified(connection, migrations);
    const last = migrations.findLast(({ tag }) => applied.has(tag));
    if (!last) throw new MigrationError("No migration is applied, so there is nothing to roll back");
    const sql = await readSql(join(options.folder ?? FOLDER, "down", `${last.tag}.sql`));
    if (sql === undefined)
      throw new MigrationError(`Migration ${last.tag} can't be rolled back: there is no down/${last.tag}.sql`);
    const forget = { text: "delete from gatehouse.schema_migration where tag = $1", values: [last.tag] };
    await apply(connection, last.tag, sql, forget);
    options.onDone?.(last.tag);
    return last.tag;
  });
}

function locked<T>(database: Database, { waitMs = 60_000 }: MigrateOptions, work: (on: Connection) => Promise<T>) {
  return database.session(async (connection) => {
    await connection.exec("set statement_timeout = 0");
    await acquire(connection, waitMs);
    try {
      await connection.exec(`create schema if not exists gatehouse;
        create table if not exists gatehouse.schema_migration (
          tag text primary key,
          checksum text not null,
          applied_at timestamptz not null default now()
        )`);
      return await work(connection);
    } finally {
      await connection.exec(`select pg_advisory_unlock(${LOCK}); reset statement_timeout`).catch(() => {});
    }
  });
}

// Polled: a statement that waits for the lock holds a snapshot, which CREATE INDEX CONCURRENTLY would wait for in turn.
async function acquire(connection: Connection, waitMs: number): Promise<void> {
  for (const until = Date.now() + waitMs; ; await Bun.sleep(POLL_MS)) {
    const [row] = await query<{ got: boolean }>(connection, `select pg_try_advisory_lock(${LOCK}) as got`);
    if (row?.got) return;
    if (Date.now() > until) throw new MigrationError(`Another process has been migrating for more than ${waitMs} ms`);
  }
}

async function verified(connection: Connection, migrations: Migration[]): Promise<Map<string, Date>> {
  const rows = await query<{ tag: string; checksum: string; applied_at: Date }>(
    connection,
    "select tag, checksum, applied_at from gatehouse.schema_migration order by tag",
  );
  const known = new Map(migrations.map(({ tag, checksum }) => [tag, checksum]));
  for (const { tag, checksum } of rows) {
    if (!known.has(tag)) throw new MigrationError(`Migration ${tag} is applied but unknown to this version`);
    if (known.get(tag) !== checksum)
      throw new MigrationError(`Migration ${tag} has been changed since it was applied; write a new one instead`);
  }
  return new Map(rows.map(({ tag, applied_at }) => [tag, applied_at]));
}

async function query<R>(connection: Connection, text: string, values: unknown[] = []): Promise<R[]> {
  return (await connection.run({ text, values, shape: "object" })).rows as R[];
}

async function apply(
  connection: Connection,
  tag: string,
  sql: string,
  record: { text: string; values: unknown[] },
): Promise<void> {
  const statements = sql.split(BREAKPOINT).filter((statement) => statement.trim() !== "");
  const together = !NO_TRANSACTION.test(sql);
  let number = 0;
  try {
    if (together) await connection.exec("begin");
    for (const statement of statements) {
      number++;
      await connection.exec(statement);
    }
    await query(connection, record.text, record.values);
    if (together) await connection.exec("commit");
  } catch (err) {
    if (together) await connection.exec("rollback").catch(() => {});
    const kept = together ? "nothing of it was kept" : "the statements before it were kept";
    const where = `statement ${number} of ${statements.length}`;
    throw new MigrationError(`Migration ${tag} failed at ${where}, ${kept}: ${(err as Error).message}`, { cause: err });
  }
}
