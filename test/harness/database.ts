import type { Database, Tx } from "../../src/db/types.ts";
import { builtInRoles, type BuiltInRole } from "../../src/core/access/permission.ts";
import type { FreshDatabase } from "./fresh-database.ts";
import {
  type Founded,
  type House,
  password,
  type Person,
  writeMember,
  writeOrganization,
  writePerson,
} from "./people.ts";
import * as embedded from "./pglite.ts";
import * as server from "./postgres.ts";

const serverUrl = process.env["TEST_DATABASE_URL"] || undefined;

/** Who stands in the shared database already, so that a test that needs somebody needn't make them. */
export type Cast = {
  /** One organization, and those of each role in it. */
  house: Founded;
  members: Record<BuiltInRole, Person[]>;
  /** Organizations with their owner and nothing else. */
  organizations: Founded[];
  /** People who are in no organization. */
  people: Person[];
};

let shared: Promise<FreshDatabase & { cast: Cast }> | undefined;

/**
 * The database that this process's sandboxes share: PGlite in memory, or a new database on the server that
 * TEST_DATABASE_URL names, which itself is never touched. The cast is in it and nothing else may be: commit to
 * `freshDatabase` instead.
 */
export async function testDatabase(): Promise<Database> {
  return (await (shared ??= openShared())).database;
}

/** Who is in the shared database. */
export async function testCast(): Promise<Cast> {
  return (await (shared ??= openShared())).cast;
}

async function openShared(): Promise<FreshDatabase & { cast: Cast }> {
  const fresh = await freshDatabase();
  return Object.assign(fresh, { cast: await fresh.database.db.transaction(writeCast) });
}

/** With what the settings of `testConfig` say, and hashes as its `passwords` make them. */
async function writeCast(tx: Tx): Promise<Cast> {
  const now = new Date();
  const passwordHash = `plain:${password}`;
  const house: House = { https: false, sessionMaxAge: 30 * 24 * 3600, trialDays: 14, passwordHash, now };
  const found = async () => writeOrganization(tx, house, await writePerson(tx, house));
  const home = await found();
  const members: Cast["members"] = { owner: [], admin: [], member: [], viewer: [] };
  for (const role of builtInRoles.filter((role) => role !== "owner")) {
    const person = await writePerson(tx, house);
    await writeMember(tx, house, home.id, person, role);
    members[role].push(person);
  }
  return {
    house: home,
    members,
    organizations: [await found(), await found()],
    people: [await writePerson(tx, house), await writePerson(tx, house), await writePerson(tx, house)],
  };
}

/** A database for tests that need real commits, more than one connection or NOTIFY. The caller disposes of it. */
export async function freshDatabase(): Promise<FreshDatabase> {
  return serverUrl === undefined ? embedded.freshDatabase() : server.freshDatabase(serverUrl);
}

/** Makes the migrated state that databases start from, unless it is there: seconds once, then milliseconds. */
export async function prepareTestDatabase(): Promise<void> {
  await (serverUrl === undefined ? embedded.prepare() : server.prepare(serverUrl));
}

/** Drops the shared database. Called once, when the process's last test is done. */
export async function closeTestDatabase(): Promise<void> {
  const closing = shared;
  shared = undefined;
  await (await closing)?.dispose();
}
