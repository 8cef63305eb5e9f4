import { createHash } from "node:crypto";
import { join } from "node:path";
import { guardFiles } from "./guards.ts";
import { type Header, headerOf, withoutMarks } from "./migration-header.ts";
import { packed } from "./packed.ts";

export type Migration = {
  readonly tag: string;
  readonly sql: string;
  /** SHA-256 of the file with LF line ends and without its header's marks, in hex. */
  readonly checksum: string;
  readonly header: Header;
};

/** Where migrations and guards are read from. */
export type MigrationFolders = {
  /** The folder that drizzle-kit writes (the repository's `drizzle/`). */
  readonly folder?: string;
  /** The folder of the files that `guardFiles` lists (`guards/` beside this file); null applies none. */
  readonly guards?: string | null;
};

/** What is wrong with the migrations, in words for the operator. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

const ownFolder = join(import.meta.dir, "../../drizzle");
const ownGuards = join(import.meta.dir, "guards");

/** The migrations in the order of the journal. @throws MigrationError when a file is missing. */
export async function readMigrations({ folder = ownFolder }: MigrationFolders = {}): Promise<Migration[]> {
  if (packed && folder === ownFolder) return packed.migrations.map(({ tag, sql }) => migrationOf(tag, sql));
  const journal = (await Bun.file(join(folder, "meta/_journal.json")).json()) as { entries: { tag: string }[] };
  return await Promise.all(
    journal.entries.map(async ({ tag }) => {
      const sql = await readSql(join(folder, `${tag}.sql`));
      if (sql === undefined) throw new MigrationError(`Migration ${tag} is in the journal but ${tag}.sql is missing`);
      return migrationOf(tag, sql);
    }),
  );
}

const migrationOf = (tag: string, sql: string): Migration => ({
  tag,
  sql,
  checksum: checksumOf(withoutMarks(sql)),
  header: headerOf(tag, sql),
});

/** The down file of a migration. @throws MigrationError when there is none. */
export async function readDown(tag: string, { folder = ownFolder }: MigrationFolders): Promise<string> {
  const sql = packed && folder === ownFolder ? packed.downs[tag] : await readSql(join(folder, "down", `${tag}.sql`));
  if (sql === undefined) throw new MigrationError(`Migration ${tag} can't be rolled back: there is no down/${tag}.sql`);
  return sql;
}

/**
 * All guards as one script, or null where there are none. The checksum covers the migrations too: a policy can depend
 * on the tables that exist, so guards are applied again after every migration.
 */
export async function readGuards(
  migrations: readonly Migration[],
  { guards = ownGuards }: MigrationFolders = {},
): Promise<Migration | null> {
  if (guards === null) return null;
  const read = async (name: string) =>
    packed && guards === ownGuards ? packed.guards[name] : readSql(join(guards, `${name}.sql`));
  const files = await Promise.all(guardFiles.map(read));
  const missing = guardFiles[files.indexOf(undefined)];
  if (missing !== undefined) throw new MigrationError(`The guards in ${missing}.sql are missing`);
  const sql = files.join("\n");
  const checksum = checksumOf([sql, ...migrations.map((each) => each.checksum)].join("\n"));
  return { tag: "guards", sql, checksum, header: headerOf("guards", sql) };
}

const checksumOf = (text: string): string => createHash("sha256").update(text).digest("hex");

async function readSql(path: string): Promise<string | undefined> {
  const file = Bun.file(path);
  return (await file.exists()) ? (await file.text()).replaceAll("\r\n", "\n") : undefined;
}
