import { expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { openDatabase } from "../../src/db/open.ts";
import { migrationStatus } from "../../src/db/migrate.ts";
import * as schema from "../../src/schema.ts";
import { freshDatabase, testCast, testDatabase } from "./database.ts";

const server = process.env["TEST_DATABASE_URL"];

test("the shared database is opened once, migrated, and nobody but the cast is in it", async () => {
  const database = await testDatabase();
  expect(await testDatabase()).toBe(database);
  expect((await migrationStatus(database)).every(({ appliedAt }) => appliedAt !== null)).toBe(true);
  const { house, organizations } = await testCast();
  const found = await database.db.select({ id: schema.organization.id }).from(schema.organization);
  expect(found.map(({ id }) => id).toSorted()).toEqual([house, ...organizations].map(({ id }) => id).toSorted());
});

test("a fresh database commits for itself alone", async () => {
  await using one = await freshDatabase();
  await using two = await freshDatabase();
  await one.database.db.execute(sql`create table mine (id int)`);
  const seen = await two.database.statement("mine", "select to_regclass('mine')::text as mine", []);
  expect(seen).toEqual([{ mine: null }]);
});

test.skipIf(!server)(
  "what a fresh database was is gone from the server, and the named database was never used",
  async () => {
    const fresh = await freshDatabase();
    const name = new URL(fresh.url!).pathname.slice(1);
    await fresh.dispose();
    const named = await openDatabase({ url: server!, schema });
    const left = await named.statement("", "select 1 from pg_database where datname = $1", [name]);
    const touched = await named.statement("", "select to_regnamespace('gatehouse')::text as touched", []);
    expect([left, touched]).toEqual([[], [{ touched: null }]]);
    await named.close();
  },
);

test.skipIf(!server)("a database left behind by a killed process is dropped by the next one", async () => {
  const gone = Bun.spawnSync([process.execPath, "-e", "process.exit()"]).pid;
  const name = `gatehouse_test_${gone}_1_left`;
  const admin = await openDatabase({ url: server!, schema });
  await admin.session((on) => on.exec(`create database ${name}`));
  const next = Bun.spawn([
    process.execPath,
    "-e",
    `
    const { freshDatabase } = await import(${JSON.stringify(import.meta.resolve("./database.ts"))});
    await (await freshDatabase()).dispose();
  `,
  ]);
  expect(await next.exited).toBe(0);
  expect(await admin.statement("", "select 1 from pg_database where datname = $1", [name])).toEqual([]);
  await admin.close();
});
