import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { backUp, findBackup, fingerprint, listBackups, openSource, prune } from "../backup/backup.ts";
import { bytesOf, type Manifest } from "../backup/manifest.ts";
import { openPlace } from "../backup/place.ts";
import { restore } from "../backup/restore.ts";
import { askRunning } from "../backup/running.ts";
import type { Config } from "../config/index.ts";
import { knownSecret } from "../config/secret.ts";
import { openAt } from "./open.ts";
import { config, note, print, withDatabase } from "./run.ts";
import { tableProgress } from "./progress.ts";

/** `db backup`, `db backups`, `db restore`. */
export function backupCommands(db: Command): void {
  db.command("backup")
    .description(
      "Write all that the database holds, as one moment shows it, while it is in use. Prints the backup's name.",
    )
    .addOption(place("--to"))
    .action((options: { to?: string }) => run(options));

  const backups = db
    .command("backups")
    .description("List the backups, oldest first.")
    .addOption(place("--from"))
    .option("--json", "as JSON")
    .action(list);
  backups
    .command("prune")
    .description("Remove old backups, but never the newest, and what was begun and never finished.")
    .addOption(place("--from"))
    .option("--days <days>", "keep what is no older (default: BACKUP_KEEP_DAYS)", days)
    .action(remove);

  db.command("restore")
    .description("Put a backup in the place of what the database holds: all of it or, where anything fails, nothing.")
    .argument("<name>", "a backup's name, or latest")
    .addOption(place("--from"))
    .option("--force", "also where the database isn't empty: what it holds is lost")
    .action(putBack);
}

const place = (flag: string) =>
  new Option(`${flag} <place>`, "a directory, or s3://bucket/prefix (default: BACKUP_TO, else backups in STATE_DIR)");

/** Makes a backup, and prints its name when it is there. */
export async function run({ to }: { to?: string }): Promise<void> {
  const settings = config();
  const progress = tableProgress("backing up");
  try {
    const asked = await askRunning(settings.database.url, absolute(to), progress.table);
    if (asked !== null) return done(asked);
    await withDatabase(async (database) => {
      const ports = { database, urls: settings.database, clock: () => new Date(), secret: knownSecret(settings) };
      done(await backUp(ports, storeOf(settings, to), progress.table));
    });
  } finally {
    progress.end();
  }
  function done(manifest: Manifest): void {
    progress.end();
    note(`${summary(manifest)}. AUTH_SECRET isn't in it: keep it elsewhere`);
    print(manifest.name);
  }
}

const absolute = (to: string | undefined) => (to === undefined || to.startsWith("s3://") ? to : resolve(to));

const storeOf = (settings: Config, where: string | undefined) =>
  openPlace(where ?? settings.backup.to, settings.backup.s3);

async function list(options: { from?: string; json?: true }): Promise<void> {
  const settings = config();
  const found = await listBackups(storeOf(settings, options.from));
  if (options.json) return print(JSON.stringify(found));
  if (found.length === 0) note("there are none");
  for (const { name, manifest } of found) print(`${name}  ${manifest === null ? "damaged" : summary(manifest)}`);
}

function summary(manifest: Manifest): string {
  const { database, version, release, tables } = manifest;
  const rows = tables.reduce((sum, each) => sum + each.rows, 0);
  const kind = database === "postgres" ? `PostgreSQL ${version}` : "embedded";
  return `${kind}, release ${release}, ${rows} rows in ${tables.length} tables, ${(bytesOf(manifest) / 1e6).toFixed(1)} MB`;
}

async function remove(options: { from?: string; days?: number }, command: Command): Promise<void> {
  const settings = config();
  // Given before `prune`, it is taken by `backups`.
  const from = options.from ?? command.parent?.opts<{ from?: string }>().from;
  const gone = await prune(storeOf(settings, from), options.days ?? settings.backup.keepDays, new Date());
  for (const name of gone) print(name);
  note(`${gone.length} removed`);
}

async function putBack(name: string, options: { from?: string; force?: true }): Promise<void> {
  const settings = config();
  const store = storeOf(settings, options.from);
  const manifest = await findBackup(store, name);
  const checking = tableProgress("checking");
  const source = await openSource(store, manifest, checking.table).finally(checking.end);
  const progress = tableProgress("restoring");
  const target = { urls: settings.database, open: openAt(settings) };
  await restore(target, source, { force: options.force === true, progress: progress.table }).finally(progress.end);
  note(`restored ${summary(manifest)}`);
  const secret = knownSecret(settings);
  if (manifest.secret !== null && (secret === undefined || fingerprint(secret) !== manifest.secret))
    note(
      "The AUTH_SECRET here isn't the one that the backup was made with: set that one, or everyone is signed out and second factors, invitations and queued mail are lost.",
    );
  print(manifest.name);
}

function days(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("It must be a whole number from 1 up.");
  return value;
}
