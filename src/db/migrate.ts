import type { Connection } from "./driver/connection.ts";
import { sqlState } from "./errors.ts";
import {
  type Migration,
  MigrationError,
  type MigrationFolders,
  readDown,
  readGuards,
  readMigrations,
} from "./migration-files.ts";
import { exclusively, pollMs, query } from "./migration-lock.ts";
import type { Database } from "./types.ts";

export type MigrationStatus = {
  /** The migration's file name without its ending, or `guards`. */
  readonly tag: string;
  /** When it was applied, or null while it is pending. */
  readonly appliedAt: Date | null;
};

export type MigrateOptions = MigrationFolders & {
  /** How many milliseconds to wait for another process that is migrating, and for locks on tables (60 000). */
  readonly waitMs?: number;
  /** Called with the tag of each migration once it is applied or rolled back. */
  readonly onDone?: (tag: string) => void;
};

type Applied = Map<string, { checksum: string; at: Date }>;

/** The oldest PostgreSQL that has all that the schema uses. */
const oldest = 15;

const breakpoint = "--> statement-breakpoint";
const noTransaction = /^-- no-transaction\b/;

/**
 * Applies every pending migration as the owner, then the guards where they or a migration changed. Each file is one
 * transaction, unless its first line is `-- no-transaction`: then its statements run one by one. Processes that migrate
 * at the same time wait for one another, by a lock of the session: a transaction-mode pooler would lose it.
 *
 * @returns the tags of what was applied.
 * @throws MigrationError when the database is unfit, an applied file has changed or is unknown here, or a statement fails.
 */
export function migrate(database: Database, options: MigrateOptions = {}): Promise<string[]> {
  return exclusively(database, options.waitMs, async (connection) => {
    await refuseUnfit(connection);
    const migrations = await readMigrations(options);
    const guards = await readGuards(migrations, options);
    const applied = await verified(connection, migrations);
    const pending = migrations.filter(({ tag }) => !applied.has(tag));
    for (const migration of pending) {
      await apply(connection, migration.tag, migration.sql, record(migration));
      options.onDone?.(migration.tag);
    }
    if (guards === null || applied.get(guards.tag)?.checksum === guards.checksum) return pending.map(({ tag }) => tag);
    await applyGuards(connection, guards, options);
    options.onDone?.(guards.tag);
    return [...pending, guards].map(({ tag }) => tag);
  });
}

/**
 * Every migration in order and then the guards, applied or pending. Changes nothing.
 *
 * @throws MigrationError as `migrate` does for a changed history.
 */
export function migrationStatus(database: Database, options: MigrateOptions = {}): Promise<MigrationStatus[]> {
  return database.session(async (connection) => {
    const migrations = await readMigrations(options);
    const guards = await readGuards(migrations, options);
    const [table] = await query<{ found: string | null }>(
      connection,
      "select to_regclass('gatehouse.schema_migration')::text as found",
    );
    const applied: Applied = table?.found ? await verified(connection, migrations) : new Map();
    return [...migrations, ...(guards ? [guards] : [])].map(({ tag, checksum }) => {
      const last = applied.get(tag);
      return { tag, appliedAt: last?.checksum === checksum ? last.at : null };
    });
  });
}

/**
 * Undoes the last applied migration by `down/<tag>.sql`. The guards stay, but for what goes with the tables, and are
 * pending until the next `migrate`.
 *
 * @returns the migration's tag.
 * @throws MigrationError when nothing is applied or there is no down file.
 */
export function rollback(database: Database, options: MigrateOptions = {}): Promise<string> {
  return exclusively(database, options.waitMs, async (connection) => {
    const migrations = await readMigrations(options);
    const applied = await verified(connection, migrations);
    const last = migrations.findLast(({ tag }) => applied.has(tag));
    if (!last) throw new MigrationError("No migration is applied, so there is nothing to roll back");
    const forget = {
      text: "delete from gatehouse.schema_migration where tag in ($1, 'guards')",
      values: [last.tag],
    };
    const down = await readDown(last.tag, options);
    try {
      await apply(connection, last.tag, down, forget);
    } catch (err) {
      if (sqlState(err) !== dependentObjects) throw err;
      // Guards stand on what is dropped. Without them requests see no rows, until a start applies its own.
      await apply(connection, last.tag, `${noGuards}\n${down}`, forget);
    }
    options.onDone?.(last.tag);
    return last.tag;
  });
}

const dependentObjects = "2BP01";

const noGuards = `drop schema if exists guard cascade;
do $$ declare old record; begin
  for old in
    select p.polname as policy, c.oid::regclass as on_table
    from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = 'public'::regnamespace
  loop
    execute format('drop policy %I on %s', old.policy, old.on_table);
  end loop;
end $$;`;

async function verified(connection: Connection, migrations: readonly Migration[]): Promise<Applied> {
  const rows = await query<{ tag: string; checksum: string; applied_at: Date }>(
    connection,
    "select tag, checksum, applied_at from gatehouse.schema_migration order by tag",
  );
  const applied: Applied = new Map(rows.map(({ tag, checksum, applied_at: at }) => [tag, { checksum, at }]));
  const known = new Map(migrations.map(({ tag, checksum }) => [tag, checksum]));
  const made = [...applied].filter(([tag]) => tag !== "guards");
  const first = migrations[0]?.tag;
  if (first !== undefined && made[0] && !applied.has(first)) {
    throw new MigrationError(
      `This database was made by an older history of migrations (${made[0][0]}), which can't be upgraded: set DATABASE_URL to an empty database, or drop this one and create it again`,
    );
  }
  for (const [tag, { checksum }] of made) {
    if (!known.has(tag)) throw new MigrationError(`Migration ${tag} is applied but unknown to this version`);
    if (known.get(tag) !== checksum)
      throw new MigrationError(`Migration ${tag} has been changed since it was applied; write a new one instead`);
  }
  return applied;
}

async function refuseUnfit(connection: Connection): Promise<void> {
  const text =
    "select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding";
  const [found] = await query<Parameters<typeof unfit>[0]>(connection, text);
  const fault = found && unfit(found);
  if (fault) throw new MigrationError(fault);
}

/** Why a database can't be used whatever it holds; undefined where it can. @param version such as 150004. */
export function unfit({ version, encoding }: { version: number; encoding: string }): string | undefined {
  if (version < oldest * 10_000)
    return `version ${Math.floor(version / 10_000)} is too old, it must be ${oldest} or later`;
  return encoding === "UTF8" ? undefined : `the encoding is ${encoding}: create the database with the encoding UTF8`;
}

const record = ({ tag, checksum }: Migration) => ({
  text: `insert into gatehouse.schema_migration (tag, checksum) values ($1, $2)
    on conflict (tag) do update set checksum = excluded.checksum, applied_at = now()`,
  values: [tag, checksum],
});

// Dropping the schema drops its functions and, with them, every trigger: what a file no longer says is gone.
// A request that holds a table would make the others queue behind this, so it gives way after a while and tries again.
async function applyGuards(connection: Connection, guards: Migration, { waitMs = 60_000 }: MigrateOptions) {
  const header = "set local lock_timeout = '2s'; drop schema if exists guard cascade; create schema guard;";
  for (const until = Date.now() + waitMs; ; await Bun.sleep(pollMs)) {
    try {
      return await apply(connection, guards.tag, `${header}\n${guards.sql}`, record(guards));
    } catch (err) {
      const state = sqlState(err);
      if ((state !== "55P03" && state !== "40P01") || Date.now() > until) throw err;
    }
  }
}

async function apply(
  connection: Connection,
  tag: string,
  sql: string,
  record: { text: string; values: unknown[] },
): Promise<void> {
  const statements = sql.split(breakpoint).filter((statement) => statement.trim() !== "");
  const together = !noTransaction.test(sql);
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
    const { message, hint } = err as Error & { hint?: string };
    const why = hint === undefined ? message : `${message}. ${hint}`;
    throw new MigrationError(`Migration ${tag} failed at ${where}, ${kept}: ${why}`, { cause: err });
  }
}
