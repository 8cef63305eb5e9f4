import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backUp, findBackup, openSource } from "../../src/backup/backup.ts";
import { openPlace } from "../../src/backup/place.ts";
import { restore } from "../../src/backup/restore.ts";
import type { Store } from "../../src/backup/store.ts";
import { openDatabase } from "../../src/db/open.ts";
import type { Database } from "../../src/db/types.ts";
import * as schema from "../../src/schema.ts";
import { freshDatabase } from "../harness/database.ts";
import { readSnapshot } from "../harness/pglite.ts";

/** A database with a URL, wherever the tests run, and a directory beside it that goes with it. */
export type Room = AsyncDisposable & {
  readonly url: string;
  readonly database: Database;
  readonly directory: string;
  /** Where its backups go. */
  readonly store: Store;
};

export const openAt = async (url: string): Promise<Database> =>
  openDatabase({ url, schema, ...(url.startsWith("pglite:") && { snapshot: await readSnapshot() }) });

/** Migrated and empty. */
export async function openRoom(): Promise<Room> {
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-backup-"));
  const fresh = process.env["TEST_DATABASE_URL"] ? await freshDatabase() : null;
  const url = fresh?.url ?? `pglite:${directory}/data`;
  const database = fresh?.database ?? (await openAt(url));
  return {
    url,
    database,
    directory,
    store: openPlace(join(directory, "backups"), {}),
    async [Symbol.asyncDispose]() {
      await (fresh ? fresh.dispose() : database.close());
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export const secret = "a secret that only the tests know";

export const backUpOf = ({ database, url, store }: Room, into = store) =>
  backUp({ database, urls: { url }, clock: () => new Date(), secret }, into);

export async function restoreTo(url: string, store: Store, { name = "latest", force = false } = {}): Promise<void> {
  const source = await openSource(store, await findBackup(store, name));
  await restore({ urls: { url }, open: openAt }, source, { force, progress() {} });
}

/** People who each have an account, written in one transaction: who has none was read in the middle of it. */
export const addPeople = (database: Pick<Database, "statement">, from: number, count: number) =>
  database.statement(
    "",
    `with made as (
       insert into "user" (id, name, email, email_verified, created_at, updated_at)
       select 'u' || g, E'Tab\\tand\\nline \\\\ ' || g, 'u' || g || '@example.com', true, now(), now()
       from generate_series($1::int, $2::int) g returning id)
     insert into account (id, account_id, provider_id, user_id, password, created_at, updated_at)
     select 'a' || id, id, 'credential', id, md5(id), now(), now() from made`,
    [from, from + count - 1],
  );

/** What every table holds, as a sum each. @param people how many of those that `addPeople` numbers count; all otherwise. */
export async function sumsOf(database: Pick<Database, "statement">, people?: number): Promise<Record<string, string>> {
  const names = await database.statement<{ name: string }>(
    "",
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'heartbeat' order by 1`,
    [],
  );
  const sums: Record<string, string> = {};
  for (const { name } of names) {
    const part = people !== undefined && ["user", "account"].includes(name);
    const only = part ? `where ltrim(id, 'au')::int <= ${people}` : "";
    const text = `select count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as sum from "${name}" t ${only}`;
    sums[name] = (await database.statement<{ sum: string }>("", text, []))[0]?.sum ?? "";
  }
  return sums;
}
