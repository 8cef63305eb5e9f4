import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../src/db/open.ts";
import type { Database } from "../../src/db/types.ts";
import * as schema from "../../src/schema.ts";
import { readSnapshot } from "./pglite.ts";
import { freshDatabase } from "./postgres.ts";

/** What outlives a service's process: a state directory and a migrated, empty database of either kind. */
export interface Place extends AsyncDisposable {
  readonly directory: string;
  /** STATE_DIR and DATABASE_URL, for the process. */
  readonly env: { readonly STATE_DIR: string; readonly DATABASE_URL: string };
  /** Lets `work` at the database as its owner. An embedded one can't be reached while a process has it open. */
  database<T>(work: (database: Database) => Promise<T>): Promise<T>;
}

const serverUrl = process.env["TEST_DATABASE_URL"] || undefined;

/** A place on PostgreSQL when TEST_DATABASE_URL is set, otherwise one with an embedded database. */
export async function openPlace(): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-"));
  const remove = () => rm(directory, { recursive: true, force: true });
  if (serverUrl === undefined) {
    const url = `pglite:${directory}/data`;
    const snapshot = await readSnapshot();
    const database = async <T>(work: (database: Database) => Promise<T>) => {
      const opened = await openDatabase({ url, schema, snapshot });
      try {
        return await work(opened);
      } finally {
        await opened.close();
      }
    };
    await database((opened) => opened.ping());
    return { directory, env: { STATE_DIR: directory, DATABASE_URL: url }, database, [Symbol.asyncDispose]: remove };
  }
  const fresh = await freshDatabase(serverUrl);
  return {
    directory,
    env: { STATE_DIR: directory, DATABASE_URL: fresh.url ?? "" },
    database: (work) => work(fresh.database),
    async [Symbol.asyncDispose]() {
      await fresh.dispose();
      await remove();
    },
  };
}
