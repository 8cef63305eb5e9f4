import { afterAll, afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase } from "../../src/db/client.ts";
import { migrate, MigrationError, migrationStatus, rollback } from "../../src/db/migrate.ts";
import * as schema from "../../src/schema.ts";
import { type FreshDatabase, freshDatabase } from "../harness/database.ts";
import { failure } from "./failure.ts";

// Processes and databases start here, on machines that are shared.
setDefaultTimeout(60_000);

let folder: string;
let fresh: FreshDatabase | undefined;
let database: Database;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gatehouse-migrations-"));
  fresh ??= await freshDatabase();
  database = fresh.database;
  // The template has our own migrations applied; these tests bring theirs.
  await database.session((on) =>
    on.exec("drop schema if exists gatehouse cascade; drop table if exists one, two, three"),
  );
  await write({
    "0000_one": "create table one (id int)",
    "0001_two": "create table two (id int);\n--> statement-breakpoint\ninsert into two values (1)",
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));
afterAll(() => fresh?.dispose());

async function write(files: Record<string, string>, tags = Object.keys(files)): Promise<void> {
  await mkdir(join(folder, "meta"), { recursive: true });
  await Bun.write(join(folder, "meta/_journal.json"), JSON.stringify({ entries: tags.map((tag) => ({ tag })) }));
  for (const [tag, sql] of Object.entries(files)) await Bun.write(join(folder, `${tag}.sql`), sql);
}

async function tables(): Promise<string[]> {
  const text = "select tablename as name from pg_tables where tablename in ('one', 'two', 'three') order by 1";
  return (await database.statement<{ name: string }>("tables", text, [])).map(({ name }) => name);
}

describe("migrate", () => {
  test("applies what is pending in the journal's order, once", async () => {
    const done: string[] = [];
    expect(await migrate(database, { folder, onDone: (tag) => done.push(tag) })).toEqual(["0000_one", "0001_two"]);
    expect(done).toEqual(["0000_one", "0001_two"]);
    expect(await migrate(database, { folder })).toEqual([]);
    expect(await tables()).toEqual(["one", "two"]);
  });

  test("run four times at once applies each file once, and all four succeed", async () => {
    const others =
      fresh?.url === undefined
        ? []
        : await Promise.all([1, 2, 3].map(() => openDatabase({ url: fresh!.url!, schema })));
    const runners = others.length ? [database, ...others] : [database, database, database, database];
    const applied = await Promise.all(runners.map((runner) => migrate(runner, { folder })));
    expect(applied.flat()).toEqual(["0000_one", "0001_two"]);
    expect(await database.statement("rows", "select id from two", [])).toEqual([{ id: 1 }]);
    await Promise.all(others.map((other) => other.close()));
  });

  test("keeps nothing of a file that fails, and goes on from there once it is mended", async () => {
    const files = {
      "0000_one": "create table one (id int)",
      "0001_two": "create table two (id int);--> statement-breakpoint\nselect 1 / 0",
    };
    await write(files);
    const err = await failure(migrate(database, { folder }));
    expect(err).toBeInstanceOf(MigrationError);
    expect(String(err)).toContain("0001_two failed at statement 2 of 2, nothing of it was kept: division by zero");
    expect(await tables()).toEqual(["one"]);
    await write({ ...files, "0001_two": "create table two (id int)" });
    expect(await migrate(database, { folder })).toEqual(["0001_two"]);
  });

  test("runs a file that says so without a transaction", async () => {
    await write({
      "0000_one": "create table one (id int)",
      "0001_index": "-- no-transaction: an index must not block writers\ncreate index concurrently one_id on one (id)",
    });
    expect(await migrate(database, { folder })).toEqual(["0000_one", "0001_index"]);
  });

  test("refuses when an applied file was changed", async () => {
    await migrate(database, { folder });
    await write({ "0000_one": "create table one (id bigint)", "0001_two": "" });
    const err = await failure(migrate(database, { folder }));
    expect(err).toBeInstanceOf(MigrationError);
    expect(String(err)).toContain("0000_one has been changed since it was applied");
  });

  test("takes the same file with other line ends for the same", async () => {
    await migrate(database, { folder });
    await Bun.write(
      join(folder, "0001_two.sql"),
      (await Bun.file(join(folder, "0001_two.sql")).text()).replaceAll("\n", "\r\n"),
    );
    expect(await migrate(database, { folder })).toEqual([]);
  });

  test("refuses when the database is ahead of this version", async () => {
    await migrate(database, { folder });
    await write({ "0000_one": "create table one (id int)" });
    expect(String(await failure(migrate(database, { folder })))).toContain("0001_two is applied but unknown");
  });

  test("names a file that the journal has and the folder hasn't", async () => {
    await write({ "0000_one": "" }, ["0000_one", "0001_gone"]);
    expect(String(await failure(migrate(database, { folder })))).toContain("0001_gone.sql is missing");
  });

  test.skipIf(!process.env["TEST_DATABASE_URL"])(
    "gives up with a clear error when another process keeps migrating",
    async () => {
      const other = await openDatabase({ url: fresh!.url!, schema });
      await other.session(async (on) => {
        await on.exec("select pg_advisory_lock(7261001)");
        expect(String(await failure(migrate(database, { folder, waitMs: 0 })))).toContain(
          "Another process has been migrating",
        );
      });
      await other.close();
      expect(await migrate(database, { folder })).toEqual(["0000_one", "0001_two"]);
    },
  );
});

describe("migrationStatus", () => {
  test("shows the applied with their times and the pending, changing nothing", async () => {
    expect(await migrationStatus(database, { folder })).toEqual([
      { tag: "0000_one", appliedAt: null },
      { tag: "0001_two", appliedAt: null },
    ]);
    expect(await database.statement("made", "select to_regnamespace('gatehouse') as made", [])).toEqual([
      { made: null },
    ]);
    await migrate(database, { folder });
    await write({ "0002_three": "create table three (id int)" }, ["0000_one", "0001_two", "0002_three"]);
    const status = await migrationStatus(database, { folder });
    expect(status.map(({ appliedAt }) => appliedAt instanceof Date)).toEqual([true, true, false]);
  });
});

describe("rollback", () => {
  const down = (tag: string, sql: string) => Bun.write(join(folder, `down/${tag}.sql`), sql);

  test("undoes the last migration and no more, so that it can be applied again", async () => {
    await migrate(database, { folder });
    await down("0001_two", "drop table two");
    expect(await rollback(database, { folder })).toBe("0001_two");
    expect(await tables()).toEqual(["one"]);
    expect(await migrate(database, { folder })).toEqual(["0001_two"]);
  });

  test("says so when there is no down file, and changes nothing", async () => {
    await migrate(database, { folder });
    expect(String(await failure(rollback(database, { folder })))).toContain("there is no down/0001_two.sql");
    expect(await tables()).toEqual(["one", "two"]);
  });

  test("keeps the migration when its down file fails", async () => {
    await migrate(database, { folder });
    await down("0001_two", "drop table two;--> statement-breakpoint\nselect 1 / 0");
    expect(await failure(rollback(database, { folder }))).toBeInstanceOf(MigrationError);
    expect(await tables()).toEqual(["one", "two"]);
    expect(await migrate(database, { folder })).toEqual([]);
  });

  test("says so when nothing is applied", async () => {
    expect(String(await failure(rollback(database, { folder })))).toContain("nothing to roll back");
  });
});
