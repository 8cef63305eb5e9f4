import type { Connection } from "./driver/connection.ts";
import { sqlState } from "./errors.ts";
import { apply } from "./migration-apply.ts";
import {
  type Migration,
  MigrationError,
  type MigrationFolders,
  readDown,
  readGuards,
  readMigrations,
} from "./migration-files.ts";
import { headerOf } from "./migration-header.ts";
import { forget, type History, historyOf, record, recordNeeds } from "./migration-history.ts";
import { exclusively, query } from "./migration-lock.ts";
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
  /** Puts this release's guards in place also where another release's have replaced them. */
  readonly restoreGuards?: boolean;
  /** Called with the tag of each migration once it is applied or rolled back. */
  readonly onDone?: (tag: string) => void;
  /** Called with a line for the operator where newer releases have been at the database, which this one works with. */
  readonly onNewer?: (line: string) => void;
};

/** The oldest PostgreSQL that has all that the schema uses. */
const oldest = 15;

const defaultWaitMs = 60_000;

/**
 * Applies every pending migration as the owner, then the guards where they or a migration changed. Each file is one
 * transaction, unless its header says `-- no-transaction`: then its statements run one by one, and again from the first
 * one when they were cut off. Processes that migrate at the same time wait for one another, by a lock of the session: a
 * transaction-mode pooler would lose it.
 *
 * A database that newer releases have migrated is left as it is, with their guards, where this release works with it.
 *
 * @returns the tags of what was applied.
 * @throws MigrationError when the database is unfit, an applied file has changed, this release doesn't work with what a
 *   newer one has applied, or a statement fails.
 */
export function migrate(database: Database, options: MigrateOptions = {}): Promise<string[]> {
  const { waitMs = defaultWaitMs } = options;
  return exclusively(database, waitMs, async (connection) => {
    await refuseUnfit(connection);
    const migrations = await readMigrations(options);
    const history = await historyOf(connection, migrations);
    await recordNeeds(connection, migrations, history);
    if (history.ahead.length > 0) {
      options.onNewer?.(`newer releases have applied ${history.ahead.join(", ")}, which this one works with`);
      return [];
    }
    const pending = migrations.filter(({ tag }) => !history.applied.has(tag));
    for (const migration of pending) {
      const { tag, sql, header } = migration;
      await apply(connection, { tag, sql, together: header.together, record: record(migration) }, waitMs);
      options.onDone?.(tag);
    }
    const guards = await readGuards(migrations, options);
    if (guards === null || !(await areDue(connection, guards, history, database.kind, options)))
      return pending.map(({ tag }) => tag);
    await applyGuards(connection, guards, waitMs);
    options.onDone?.(guards.tag);
    return [...pending, guards].map(({ tag }) => tag);
  });
}

/**
 * Every migration in order and then the guards, applied or pending, and what newer releases have applied. Changes nothing.
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
    const { applied, ahead }: History = table?.found
      ? await historyOf(connection, migrations)
      : { applied: new Map(), ahead: [] };
    const at = (tag: string) => ({ tag, appliedAt: applied.get(tag)?.at ?? null });
    const made = [...migrations.map(({ tag }) => at(tag)), ...ahead.map(at)];
    if (guards === null) return made;
    // Newer guards stand on newer tables, and this release doesn't touch them.
    const current = ahead.length > 0 || applied.get(guards.tag)?.checksum === guards.checksum;
    return [...made, { tag: guards.tag, appliedAt: current ? at(guards.tag).appliedAt : null }];
  });
}

/**
 * Undoes the last applied migration by `down/<tag>.sql`. The guards stay, but for what goes with the tables, and are
 * pending until the next `migrate`.
 *
 * @returns the migration's tag.
 * @throws MigrationError when nothing is applied, a newer release has applied the last one, or there is no down file.
 */
export function rollback(database: Database, options: MigrateOptions = {}): Promise<string> {
  const { waitMs = defaultWaitMs } = options;
  return exclusively(database, waitMs, async (connection) => {
    const migrations = await readMigrations(options);
    const { applied, ahead } = await historyOf(connection, migrations);
    if (ahead.length > 0)
      throw new MigrationError(`Migration ${ahead.at(-1)} is a newer release's: only that one can roll it back`);
    const last = migrations.findLast(({ tag }) => applied.has(tag));
    if (!last) throw new MigrationError("No migration is applied, so there is nothing to roll back");
    const { tag } = last;
    const sql = await readDown(tag, options);
    const { together } = headerOf(tag, sql);
    try {
      await apply(connection, { tag, sql, together, record: forget(tag) }, waitMs);
    } catch (err) {
      if (sqlState(err) !== dependentObjects) throw err;
      // Guards stand on what is dropped. Without them requests see no rows, until a start applies its own.
      await apply(connection, { tag, sql: `${noGuards}\n${sql}`, together: true, record: forget(tag) }, waitMs);
    }
    options.onDone?.(tag);
    return tag;
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

/**
 * Whether a start applies these guards. Not where a release has replaced them since, as it does while it takes over from
 * this one: a process of the old one that starts again would undo what the new one refuses.
 */
async function areDue(
  connection: Connection,
  guards: Migration,
  { applied }: History,
  kind: Database["kind"],
  options: MigrateOptions,
): Promise<boolean> {
  const present = applied.get(guards.tag)?.checksum;
  if (present === guards.checksum) return false;
  // An embedded database has no other process that could be newer.
  if (present === undefined || options.restoreGuards || kind === "pglite") return true;
  const text = "select exists (select from gatehouse.applied_guards where checksum = $1) as replaced";
  const [row] = await query<{ replaced: boolean }>(connection, text, [guards.checksum]);
  if (row?.replaced) options.onNewer?.("the guards are another release's and stay; db migrate puts this one's back");
  return !row?.replaced;
}

/**
 * The guards as statements for one transaction. Dropping the schema drops its functions and, with them, every trigger: what a
 * file no longer says is gone.
 */
export const guardsText = ({ sql, checksum }: Migration): string =>
  `drop schema if exists guard cascade; create schema guard;
insert into gatehouse.applied_guards values ('${checksum}') on conflict do nothing;
${sql}`;

function applyGuards(connection: Connection, guards: Migration, waitMs: number): Promise<void> {
  const step = { tag: guards.tag, sql: guardsText(guards), together: true, record: record(guards) };
  return apply(connection, step, waitMs);
}
