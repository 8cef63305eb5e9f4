import { afterAll, afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../src/db/open.ts";
import type { Database } from "../../src/db/types.ts";
import { migrate, migrationStatus, rollback, unfit } from "../../src/db/migrate.ts";
import { advisoryLock } from "../../src/db/locks.ts";
import { MigrationError } from "../../src/db/migration-files.ts";
import { guardFiles } from "../../src/db/guards.ts";
import * as schema from "../../src/schema.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { failure } from "./failure.ts";

let folder: string;
/** These tests' own migrations, without guards. */
let ours: { folder: string; guards: null };
let fresh: FreshDatabase | undefined;
let database: Database;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gatehouse-migrations-"));
  ours = { folder, guards: null };
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
    expect(await migrate(database, { ...ours, onDone: (tag) => done.push(tag) })).toEqual(["0000_one", "0001_two"]);
    expect(done).toEqual(["0000_one", "0001_two"]);
    expect(await migrate(database, ours)).toEqual([]);
    expect(await tables()).toEqual(["one", "two"]);
  });

  test("run four times at once applies each file once, and all four succeed", async () => {
    const others =
      fresh?.url === undefined
        ? []
        : await Promise.all([1, 2, 3].map(() => openDatabase({ url: fresh!.url!, schema })));
    const runners = others.length ? [database, ...others] : [database, database, database, database];
    const applied = await Promise.all(runners.map((runner) => migrate(runner, ours)));
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
    const err = await failure(migrate(database, ours));
    expect(err).toBeInstanceOf(MigrationError);
    expect(String(err)).toContain("0001_two failed at statement 2 of 2, nothing of it was kept: division by zero");
    expect(await tables()).toEqual(["one"]);
    await write({ ...files, "0001_two": "create table two (id int)" });
    expect(await migrate(database, ours)).toEqual(["0001_two"]);
  });

  test("runs a file that says so without a transaction, and again where it was cut off: a half-built index is built anew", async () => {
    const index = (name: string, unique = "") => `create ${unique} index concurrently ${name} on one (id)`;
    await write({
      "0000_one": "create table one (id int);--> statement-breakpoint\ninsert into one values (1), (1)",
      "0001_index": `-- no-transaction: writers go on\n${index("one_id")};\n--> statement-breakpoint\n${index("one_unique", "unique")}`,
    });
    const indexes = async () => {
      const text = `select relname as name, indisvalid as valid, indexrelid::int as id from pg_index
        join pg_class c on c.oid = indexrelid where indrelid = 'one'::regclass order by 1`;
      return database.statement<{ name: string; valid: boolean; id: number }>("indexes", text, []);
    };
    const err = String(await failure(migrate(database, ours)));
    expect(err).toContain("0001_index failed at statement 2 of 2, the statements before it were kept");
    const [built, half] = await indexes();
    expect([built, half]).toMatchObject([{ valid: true }, { name: "one_unique", valid: false }]);
    await database.statement("", "delete from one", []);
    expect(await migrate(database, ours)).toEqual(["0001_index"]);
    expect(await indexes()).toMatchObject([built ?? {}, { name: "one_unique", valid: true }]);
  });

  test("refuses when an applied file was changed", async () => {
    await migrate(database, ours);
    await write({ "0000_one": "create table one (id bigint)", "0001_two": "" });
    const err = await failure(migrate(database, ours));
    expect(err).toBeInstanceOf(MigrationError);
    expect(String(err)).toContain("0000_one has been changed since it was applied");
  });

  test("takes the same file with other line ends for the same", async () => {
    await migrate(database, ours);
    await Bun.write(
      join(folder, "0001_two.sql"),
      (await Bun.file(join(folder, "0001_two.sql")).text()).replaceAll("\n", "\r\n"),
    );
    expect(await migrate(database, ours)).toEqual([]);
  });

  test("takes a file whose header's marks were written later for the same, and tells other releases", async () => {
    await migrate(database, ours);
    await write({ "0000_one": "-- expand\n-- accept data: it is small\ncreate table one (id int)" });
    await write({ "0001_two": await Bun.file(join(folder, "0001_two.sql")).text() }, ["0000_one", "0001_two"]);
    expect(await migrate(database, ours)).toEqual([]);
    const needs = "select tag, needs from gatehouse.schema_migration order by tag";
    expect(await database.statement("needs", needs, [])).toEqual([
      { tag: "0000_one", needs: "" },
      { tag: "0001_two", needs: null },
    ]);
  });

  describe("on a database that a newer release has migrated", () => {
    const ours1 = { "0000_one": "create table one (id int)" };
    const newer = async (header: string) => {
      await write({ ...ours1, "0001_two": `${header}create table two (id int)` });
      await migrate(database, ours);
      await write(ours1);
    };

    test.each([
      ["expanded it", "-- expand\n"],
      ["took away what this one no longer uses", "-- contract after 0000_one: it is read by nobody\n"],
    ])("which %s, changes nothing, and leaves rolling back to that one", async (_, header) => {
      await newer(header);
      const said: string[] = [];
      const guards = { folder, guards: folder };
      for (const name of guardFiles) await Bun.write(join(folder, `${name}.sql`), "select 1 / 0");
      expect(await migrate(database, { ...guards, onNewer: (line) => said.push(line) })).toEqual([]);
      expect(said).toEqual(["newer releases have applied 0001_two, which this one works with"]);
      const status = await migrationStatus(database, ours);
      expect(status.map(({ tag, appliedAt }) => [tag, appliedAt !== null])).toEqual([
        ["0000_one", true],
        ["0001_two", true],
      ]);
      expect(String(await failure(rollback(database, ours)))).toContain("0001_two is a newer release's");
    });

    test.each([
      ["says nothing of it", ""],
      ["took away what this one uses", "-- contract: it is read by nobody\n"],
      ["took away what a release between them used", "-- contract after 0001_two: it is read by nobody\n"],
    ])("which %s, refuses in one line", async (_, header) => {
      await newer(header);
      const { message } = (await failure(migrate(database, ours))) as Error;
      expect(message).toBe("Migration 0001_two is applied, which this release can't work with: start a newer one");
    });

    test("and which lacks a migration of this one, refuses", async () => {
      await newer("-- expand\n");
      await write({ ...ours1, "0001_three": "-- expand\ncreate table three (id int)" });
      const { message } = (await failure(migrate(database, ours))) as Error;
      expect(message).toContain("0001_two is applied and unknown to this release, which in turn has 0001_three");
      expect(await tables()).toEqual(["one", "two"]);
    });
  });

  test("refuses a database made by an older history in one line that says what to do", async () => {
    await write({ "0000_before": "create table three (id int)" });
    await migrate(database, ours);
    await write({ "0000_one": "create table one (id int)" });
    const { message } = (await failure(migrate(database, ours))) as Error;
    expect(message).toContain("made by an older history of migrations (0000_before)");
    expect(message).toContain("set DATABASE_URL to an empty database");
    expect(message).not.toContain("\n");
    expect(await tables()).toEqual(["three"]);
  });

  test("refuses a server that is too old, and a database that can't hold every character", async () => {
    expect(unfit({ version: 150_000, encoding: "UTF8" })).toBeUndefined();
    expect(unfit({ version: 140_099, encoding: "UTF8" })).toContain("version 14 is too old, it must be 15 or later");
    expect(unfit({ version: 180_001, encoding: "LATIN1" })).toContain("create the database with the encoding UTF8");
    expect(await migrate(database, ours)).toEqual(["0000_one", "0001_two"]);
  });

  test("names a file that the journal has and the folder hasn't", async () => {
    await write({ "0000_one": "" }, ["0000_one", "0001_gone"]);
    expect(String(await failure(migrate(database, ours)))).toContain("0001_gone.sql is missing");
  });

  test.skipIf(!process.env["TEST_DATABASE_URL"])(
    "gives up with a clear error when another process keeps migrating",
    async () => {
      const other = await openDatabase({ url: fresh!.url!, schema });
      await other.session(async (on) => {
        await on.exec(`select pg_advisory_lock(${advisoryLock.migrations})`);
        expect(String(await failure(migrate(database, { ...ours, waitMs: 0 })))).toContain(
          "Another process has been migrating",
        );
      });
      await other.close();
      expect(await migrate(database, ours)).toEqual(["0000_one", "0001_two"]);
    },
  );
});

describe("guards", () => {
  const triggers = async () => {
    const text = "select tgname as name from pg_trigger where tgrelid = to_regclass('one') order by 1";
    return (await database.statement<{ name: string }>("triggers", text, [])).map(({ name }) => name);
  };
  const trigger = (
    name: string,
  ) => `create function guard.${name}() returns trigger language plpgsql as $$ begin return null; end $$;
    create trigger ${name} after insert on one for each row execute function guard.${name}();`;
  const guarded = () => ({ folder, guards: folder });

  beforeEach(async () => {
    await write({ "0000_one": "create table one (id int)" });
    for (const name of guardFiles) await Bun.write(join(folder, `${name}.sql`), "");
    await Bun.write(join(folder, "history.sql"), trigger("first"));
  });
  afterEach(() => database.session((on) => on.exec("drop schema if exists guard cascade")));

  test("follow the migrations, once, and again when a file or a migration changed; what a file no longer says is gone", async () => {
    expect(await migrate(database, guarded())).toEqual(["0000_one", "guards"]);
    expect(await triggers()).toEqual(["first"]);
    expect(await migrate(database, guarded())).toEqual([]);
    await Bun.write(join(folder, "history.sql"), trigger("second"));
    expect((await migrationStatus(database, guarded())).map(({ tag, appliedAt }) => [tag, appliedAt !== null])).toEqual(
      [
        ["0000_one", true],
        ["guards", false],
      ],
    );
    expect(await migrate(database, guarded())).toEqual(["guards"]);
    expect(await triggers()).toEqual(["second"]);
    await write({ "0000_one": "create table one (id int)", "0001_two": "create table two (id int)" });
    expect(await migrate(database, guarded())).toEqual(["0001_two", "guards"]);
  });

  test("that another release has replaced come back by who asks for it, not by a start; an embedded database has one", async () => {
    await migrate(database, guarded());
    await Bun.write(join(folder, "history.sql"), trigger("second"));
    await migrate(database, guarded());
    await Bun.write(join(folder, "history.sql"), trigger("first"));
    const said: string[] = [];
    const applied = await migrate(database, { ...guarded(), onNewer: (line) => said.push(line) });
    const shared = database.kind === "postgres";
    expect([applied, said.length]).toEqual(shared ? [[], 1] : [["guards"], 0]);
    expect(await triggers()).toEqual([shared ? "second" : "first"]);
    if (shared) expect(await migrate(database, { ...guarded(), restoreGuards: true })).toEqual(["guards"]);
    expect(await triggers()).toEqual(["first"]);
  });

  test("that fail keep the ones before them", async () => {
    await migrate(database, guarded());
    await Bun.write(join(folder, "history.sql"), `${trigger("second")} select 1 / 0;`);
    expect(String(await failure(migrate(database, guarded())))).toContain("guards failed at statement 1 of 1, nothing");
    expect(await triggers()).toEqual(["first"]);
  });

  test.skipIf(!process.env["TEST_DATABASE_URL"])(
    "wait for a transaction that holds a table, letting others by",
    async () => {
      await migrate(database, guarded());
      await Bun.write(join(folder, "history.sql"), trigger("second"));
      const held = Promise.withResolvers<void>();
      const holding = Promise.withResolvers<void>();
      const holder = database.db.transaction(async (tx) => {
        await tx.execute("insert into one values (1)");
        holding.resolve();
        await held.promise;
      });
      await holding.promise;
      const late = migrate(database, { ...guarded(), waitMs: 0 });
      expect(String(await failure(late))).toContain("lock timeout");
      expect(await triggers()).toEqual(["first"]);
      const migrating = migrate(database, guarded());
      held.resolve();
      await holder;
      expect(await migrating).toEqual(["guards"]);
    },
  );

  test("stay when a migration is rolled back, and are pending", async () => {
    await write({ "0000_one": "create table one (id int)", "0001_two": "create table two (id int)" });
    await migrate(database, guarded());
    await Bun.write(join(folder, "down/0001_two.sql"), "drop table two");
    expect(await rollback(database, guarded())).toBe("0001_two");
    expect(await triggers()).toEqual(["first"]);
    expect((await migrationStatus(database, guarded())).at(-1)).toEqual({ tag: "guards", appliedAt: null });
  });
});

describe("migrationStatus", () => {
  test("shows the applied with their times and the pending, changing nothing", async () => {
    expect(await migrationStatus(database, ours)).toEqual([
      { tag: "0000_one", appliedAt: null },
      { tag: "0001_two", appliedAt: null },
    ]);
    expect(await database.statement("made", "select to_regnamespace('gatehouse') as made", [])).toEqual([
      { made: null },
    ]);
    await migrate(database, ours);
    await write({ "0002_three": "create table three (id int)" }, ["0000_one", "0001_two", "0002_three"]);
    const status = await migrationStatus(database, ours);
    expect(status.map(({ appliedAt }) => appliedAt instanceof Date)).toEqual([true, true, false]);
  });
});

describe("rollback", () => {
  const down = (tag: string, sql: string) => Bun.write(join(folder, `down/${tag}.sql`), sql);

  test("undoes the last migration and no more, so that it can be applied again", async () => {
    await migrate(database, ours);
    await down("0001_two", "drop table two");
    expect(await rollback(database, ours)).toBe("0001_two");
    expect(await tables()).toEqual(["one"]);
    expect(await migrate(database, ours)).toEqual(["0001_two"]);
  });

  test("says so when there is no down file, and changes nothing", async () => {
    await migrate(database, ours);
    expect(String(await failure(rollback(database, ours)))).toContain("there is no down/0001_two.sql");
    expect(await tables()).toEqual(["one", "two"]);
  });

  test("keeps the migration when its down file fails", async () => {
    await migrate(database, ours);
    await down("0001_two", "drop table two;--> statement-breakpoint\nselect 1 / 0");
    expect(await failure(rollback(database, ours))).toBeInstanceOf(MigrationError);
    expect(await tables()).toEqual(["one", "two"]);
    expect(await migrate(database, ours)).toEqual([]);
  });

  test("says so when nothing is applied", async () => {
    expect(String(await failure(rollback(database, ours)))).toContain("nothing to roll back");
  });
});
