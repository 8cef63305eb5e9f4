import type { Connection } from "./driver/connection.ts";
import { type Migration, MigrationError } from "./migration-files.ts";
import { query } from "./migration-lock.ts";

type Row = { readonly checksum: string; readonly at: Date; readonly needs: string | null };

/** What the database says has been applied to it. */
export type History = {
  /** By tag, the guards among them. */
  readonly applied: ReadonlyMap<string, Row>;
  /** What newer releases have applied, in order; this one works with all of it. */
  readonly ahead: readonly string[];
};

/**
 * Reads and verifies what has been applied.
 *
 * @throws MigrationError when an applied file has changed, or newer releases have taken steps that this one can't serve.
 */
export async function historyOf(connection: Connection, migrations: readonly Migration[]): Promise<History> {
  // Through the whole row, since a release of before has made the table without `needs`.
  const rows = await query<{ tag: string; checksum: string; applied_at: Date; needs: string | null }>(
    connection,
    `select tag, checksum, applied_at, to_jsonb(it) ->> 'needs' as needs from gatehouse.schema_migration it order by tag`,
  );
  const applied = new Map(rows.map(({ tag, checksum, applied_at: at, needs }) => [tag, { checksum, at, needs }]));
  const known = new Map(migrations.map(({ tag, checksum }) => [tag, checksum]));
  const made = [...applied].filter(([tag]) => tag !== "guards");
  const first = migrations[0]?.tag;
  if (first !== undefined && made[0] && !applied.has(first)) {
    throw new MigrationError(
      `This database was made by an older history of migrations (${made[0][0]}), which can't be upgraded: set DATABASE_URL to an empty database, or drop this one and create it again`,
    );
  }
  for (const [tag, { checksum }] of made)
    if (known.has(tag) && known.get(tag) !== checksum)
      throw new MigrationError(`Migration ${tag} has been changed since it was applied; write a new one instead`);
  const newer = made.filter(([tag]) => !known.has(tag));
  for (const [tag, { needs }] of newer)
    if (needs === null || (needs !== "" && !known.has(needs)))
      throw new MigrationError(`Migration ${tag} is applied, which this release can't work with: start a newer one`);
  const ahead = newer.map(([tag]) => tag);
  const pending = migrations.find(({ tag }) => !applied.has(tag));
  if (ahead.length > 0 && pending !== undefined) {
    throw new MigrationError(
      `Migration ${ahead[0]} is applied and unknown to this release, which in turn has ${pending.tag}: start one that has both`,
    );
  }
  return { applied, ahead };
}

/** Notes that a migration has been applied. */
export const record = ({ tag, checksum, header: { needs } }: Migration) => ({
  text: `insert into gatehouse.schema_migration (tag, checksum, needs) values ($1, $2, $3)
    on conflict (tag) do update set checksum = excluded.checksum, needs = excluded.needs, applied_at = now()`,
  values: [tag, checksum, needs ?? null],
});

/** Tells other releases what the headers say by now: they may have changed since their migrations were applied. */
export async function recordNeeds(connection: Connection, migrations: readonly Migration[], { applied }: History) {
  for (const { tag, header } of migrations) {
    const needs = header.needs ?? null;
    if (applied.has(tag) && applied.get(tag)?.needs !== needs)
      await query(connection, "update gatehouse.schema_migration set needs = $2 where tag = $1", [tag, needs]);
  }
}

/** Forgets that a migration was applied; the guards have to be applied again then. */
export const forget = (tag: string) => ({
  text: "delete from gatehouse.schema_migration where tag in ($1, 'guards')",
  values: [tag],
});
