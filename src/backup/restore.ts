import { existsSync } from "node:fs";
import { join } from "node:path";
import { OperatorError } from "../core/operator-error.ts";
import { fullness } from "../db/contents.ts";
import { replaceDirectory } from "../db/driver/replace.ts";
import { integrity } from "../db/integrity.ts";
import { MigrationError } from "../db/migration-files.ts";
import { NotEmptyError } from "../db/rebuild.ts";
import type { Database } from "../db/types.ts";
import type { RestoreOptions, Source } from "./dump.ts";
import type { Urls } from "./dump-postgres.ts";
import { restoreEmbedded } from "./embedded.ts";
import { rowsOf } from "./manifest.ts";
import { restorePostgres } from "./restore-postgres.ts";

type Target = {
  readonly urls: Urls;
  /** Opens a database, at a URL of the settings' form. */
  readonly open: (url: string) => Promise<Database>;
};

/**
 * Puts a backup in the place of what the database holds: all of it, or nothing where anything fails, kill -9 included.
 *
 * @throws OperatorError where it can't be, or the target isn't empty and `force` isn't given.
 */
export async function restore(target: Target, source: Source, options: RestoreOptions): Promise<void> {
  const { manifest } = source;
  const { url } = target.urls;
  try {
    if (url.startsWith("pglite:")) {
      if (manifest.database === "postgres")
        throw new OperatorError(
          `the backup ${manifest.name} is of PostgreSQL, which an embedded database can't take: set DATABASE_URL to postgres://…`,
        );
      await replaceEmbedded(target, source, options);
    } else await restoreServer(target, source, options);
  } catch (err) {
    if (err instanceof NotEmptyError) throw new OperatorError(err.message, { cause: err });
    if (err instanceof MigrationError)
      throw new OperatorError(
        `the backup ${manifest.name}, of release ${manifest.release}, can't be restored: ${err.message}`,
        {
          cause: err,
        },
      );
    throw err;
  }
}

async function restoreServer({ urls, open }: Target, source: Source, options: RestoreOptions): Promise<void> {
  const database = await open(urls.url);
  try {
    if (source.manifest.database === "postgres") await restorePostgres(database, urls, source, options);
    else await restoreEmbedded(database, source, options);
    await refuseFaults(database, source);
  } finally {
    await database.close();
  }
}

/** Into a directory of its own, which takes the other's place when all of it is there. */
async function replaceEmbedded({ urls, open }: Target, source: Source, options: RestoreOptions): Promise<void> {
  const directory = urls.url.slice("pglite:".length);
  if (!options.force) await refuseFull(directory, open);
  await replaceDirectory(directory, async (fresh) => {
    const database = await open(`pglite:${fresh}`);
    try {
      await restoreEmbedded(database, source, { ...options, force: true });
      await refuseFaults(database, source);
    } finally {
      await database.close();
    }
  });
}

async function refuseFull(directory: string, open: Target["open"]): Promise<void> {
  if (!existsSync(join(directory, "PG_VERSION")) && !existsSync(`${directory}.restored`)) return;
  const database = await open(`pglite:${directory}`);
  try {
    if ((await database.session(fullness)) !== "empty")
      throw new NotEmptyError(`${directory} isn't empty: name another directory, or let what it holds go with --force`);
  } finally {
    await database.close();
  }
}

async function refuseFaults(database: Database, { manifest }: Source): Promise<void> {
  const faults = await database.session((on) => integrity(on, rowsOf(manifest)));
  if (faults.length > 0) throw new OperatorError(`what was restored isn't sound: ${faults.join("; ")}`);
}
