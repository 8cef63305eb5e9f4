import { openDatabase } from "../../src/db/open.ts";
import type { Connection } from "../../src/db/driver/connection.ts";
import type { Database } from "../../src/db/types.ts";
import { advisoryLock } from "../../src/db/locks.ts";
import { migrate } from "../../src/db/migrate.ts";
import * as schema from "../../src/schema.ts";
import type { FreshDatabase } from "./fresh-database.ts";
import { migrationsKey } from "./pglite.ts";

const PREFIX = "gatehouse_test";
const STALE_TEMPLATE_MS = 7 * 24 * 3_600_000;

let made = 0;

/** A new database on the server of `serverUrl`, cloned from a migrated template. */
export async function freshDatabase(serverUrl: string): Promise<FreshDatabase> {
  const name = `${PREFIX}_${process.pid}_${++made}_${Date.now().toString(36)}`;
  await administer(serverUrl, async (admin) => {
    const template = await ensureTemplate(serverUrl, admin);
    if (made === 1) await dropStale(admin, template);
    await admin.exec(`create database ${name} template ${template}`);
  });
  const url = at(serverUrl, name);
  const database = await openDatabase({ url, schema });
  let disposed: Promise<void> | undefined;
  const dispose = () => (disposed ??= discard(serverUrl, database, name));
  return { database, url, dispose, [Symbol.asyncDispose]: dispose };
}

/** Makes the template, unless it is there. */
export function prepare(serverUrl: string): Promise<unknown> {
  return administer(serverUrl, (admin) => ensureTemplate(serverUrl, admin));
}

async function discard(serverUrl: string, database: Database, name: string): Promise<void> {
  await database.close();
  await administer(serverUrl, (admin) => admin.exec(`drop database if exists ${name} with (force)`));
}

function at(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** One at a time on the whole server: a template can't be cloned while it is connected to. */
async function administer<T>(serverUrl: string, work: (admin: Connection) => Promise<T>): Promise<T> {
  const server = await openDatabase({ url: serverUrl, schema, poolMax: 1, statementTimeoutMs: 0 });
  try {
    return await server.session(async (admin) => {
      await admin.exec(`select pg_advisory_lock(${advisoryLock.testDatabases})`);
      return work(admin);
    });
  } finally {
    await server.close();
  }
}

async function ensureTemplate(serverUrl: string, admin: Connection): Promise<string> {
  const template = `${PREFIX}_template_${await migrationsKey()}`;
  if ((await databases(admin)).some(({ name }) => name === template)) return template;
  const building = `${template}_building`;
  await admin.exec(`drop database if exists ${building} with (force)`);
  await admin.exec(`create database ${building}`);
  const database = await openDatabase({ url: at(serverUrl, building), schema, poolMax: 1 });
  try {
    await migrate(database);
  } finally {
    await database.close();
  }
  await admin.exec(`comment on database ${building} is '${new Date().toISOString()}'`);
  await admin.exec(`alter database ${building} rename to ${template}`);
  return template;
}

/** Drops what processes that were killed left behind, and templates of last week's migrations. */
async function dropStale(admin: Connection, template: string): Promise<void> {
  for (const { name, comment } of await databases(admin)) {
    const pid = Number(/^gatehouse_test_(\d+)_/.exec(name)?.[1]);
    const stale = pid ? !alive(pid) : name !== template && Date.now() - Date.parse(comment ?? "") > STALE_TEMPLATE_MS;
    // Not forced: someone on another machine may be using it.
    if (stale) await admin.exec(`drop database if exists ${name}`).catch(() => {});
  }
}

async function databases(admin: Connection): Promise<{ name: string; comment: string | null }[]> {
  const text = `select datname as name, shobj_description(oid, 'pg_database') as comment
    from pg_database where starts_with(datname, '${PREFIX}_')`;
  return (await admin.run({ text, values: [], shape: "object" })).rows as { name: string; comment: string | null }[];
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
