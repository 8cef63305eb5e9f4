import { countsOf, emptying, fullness, literal, quoted, tablesOf } from "./contents.ts";
import type { Connection } from "./driver/connection.ts";
import { guardsText } from "./migrate.ts";
import { type Migration, MigrationError, readGuards, readMigrations } from "./migration-files.ts";
import { record } from "./migration-history.ts";
import { exclusively, historyTable, query } from "./migration-lock.ts";
import type { Database } from "./types.ts";

/** What is applied to a database, or was to the one that a backup is of. */
export type Applied = readonly { readonly tag: string; readonly checksum: string }[];

/** The target holds rows, and nobody said that they may go. */
export class NotEmptyError extends Error {
  override readonly name = "NotEmptyError";
}

/**
 * This release's migrations, by what is applied: those that made that state, and those that follow.
 *
 * @throws MigrationError when the state is of a newer release, or of another history.
 */
export async function sinceApplied(applied: Applied): Promise<{ made: Migration[]; pending: Migration[] }> {
  const migrations = await readMigrations();
  const known = new Map(migrations.map(({ tag, checksum }) => [tag, checksum]));
  for (const { tag, checksum } of applied) {
    if (!known.has(tag))
      throw new MigrationError(
        `its schema is newer than this release, which doesn't know ${tag}: use the release that made it, or a later one`,
      );
    if (known.get(tag) !== checksum)
      throw new MigrationError(`its schema has another history: ${tag} isn't the same here`);
  }
  const tags = new Set(applied.map(({ tag }) => tag));
  const made = migrations.filter(({ tag }) => tags.has(tag));
  if (made.length === 0) throw new MigrationError("it has no history of migrations");
  return { made, pending: migrations.filter(({ tag }) => !tags.has(tag)) };
}

/** Brings a state to this release's schema and guards: statements for a transaction that nobody else takes part in. */
export async function catchingUp(pending: readonly Migration[]): Promise<string> {
  const guards = await readGuards(await readMigrations());
  const steps = [...pending, ...(guards ? [{ ...guards, sql: guardsText(guards) }] : [])];
  return [historyTable, ...steps.map((step) => `${inTransaction(step)}\n;${inlined(record(step))};`)].join("\n");
}

/** What can't run in a transaction can without `concurrently`, which only spares others that there are none of. */
const inTransaction = ({ sql, header }: Migration): string =>
  header.together ? sql : sql.replaceAll(/\bconcurrently\b/gi, "");

const inlined = ({ text, values }: { text: string; values: readonly (string | null)[] }): string =>
  text.replaceAll(/\$(\d+)/g, (_, at: string) => {
    const value = values[Number(at) - 1];
    return value == null ? "null" : literal(value);
  });

/** Tells every replica that all it has in memory may be wrong. */
export const announcing = "select pg_notify('gatehouse', 'all:*')";

type Rebuild = {
  /** The state that `fill` puts rows into. */
  readonly applied: Applied;
  /** How many rows each table is to have at the end. */
  readonly counts: ReadonlyMap<string, number>;
  /** Where sequences are to stand. */
  readonly sequences: readonly { readonly name: string; readonly value: string }[];
  /** Whether rows that are there may go. */
  readonly force: boolean;
  /** Writes the rows of the tables, in any order. */
  readonly fill: (on: Connection) => Promise<void>;
};

/**
 * Makes the schema of `applied` in an empty database, fills it, brings it to this release, and checks it: all of it in one
 * transaction, so that the database is as it was when any step fails or the process is killed.
 *
 * @throws NotEmptyError, MigrationError, or Error with what isn't right about the rows.
 */
export async function rebuild(database: Database, { applied, counts, sequences, force, fill }: Rebuild): Promise<void> {
  const { made, pending } = await sinceApplied(applied);
  const finish = await catchingUp(pending);
  await exclusively(database, undefined, async (on) => {
    await on.exec("begin; set local lock_timeout = '30s'; set local client_min_messages = warning");
    try {
      await refuseFull(on, force);
      await on.exec(emptying);
      await on.exec(historyTable);
      for (const migration of made) await on.exec(`${inTransaction(migration)}\n;${inlined(record(migration))};`);
      const names = (await tablesOf(on)).map(({ name }) => name);
      const { drop, add } = await foreignKeys(on);
      await on.exec([`truncate ${names.map(quoted).join(", ")}`, ...drop].join("; "));
      await fill(on);
      await on.exec(add.join("; "));
      for (const { name, value } of sequences)
        await on.exec(`select setval(${literal(quoted(name))}, ${BigInt(value)})`);
      await refuseMissing(on, counts);
      await on.exec(finish);
      await on.exec(`${announcing}; commit`);
    } catch (err) {
      await on.exec("rollback").catch(() => {});
      throw err;
    }
  });
  await database.session((on) => on.exec("analyze"));
}

/** @throws NotEmptyError unless the database may be filled. */
export async function refuseFull(on: Connection, force: boolean): Promise<void> {
  const found = await fullness(on);
  if (found === "foreign")
    throw new NotEmptyError("the database has tables of something else: name a database of its own");
  if (found === "ours" && !force)
    throw new NotEmptyError("the database isn't empty: name an empty one, or let what it holds go with --force");
}

/** @throws Error naming the tables that didn't get all of their rows. */
async function refuseMissing(on: Connection, counts: ReadonlyMap<string, number>): Promise<void> {
  const there = await countsOf(on, [...counts.keys()]);
  const faults = [...counts].flatMap(([name, rows]) =>
    there.get(name) === rows ? [] : [`the table ${name} got ${there.get(name)} rows in place of ${rows}`],
  );
  if (faults.length > 0) throw new Error(faults.join("; "));
}

/** Checked again, all at once, when they are added: rows may come in any order. */
async function foreignKeys(on: Connection): Promise<{ drop: string[]; add: string[] }> {
  const keys = await query<{ on_table: string; name: string; definition: string }>(
    on,
    `select conrelid::regclass::text as on_table, conname as name, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace and conparentid = 0`,
  );
  return {
    drop: keys.map(({ on_table, name }) => `alter table ${on_table} drop constraint ${quoted(name)}`),
    add: keys.map(
      ({ on_table, name, definition }) => `alter table ${on_table} add constraint ${quoted(name)} ${definition}`,
    ),
  };
}
