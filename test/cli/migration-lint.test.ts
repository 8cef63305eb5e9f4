import { describe, expect, test } from "bun:test";
import { lint, narrows } from "../../src/cli/migration-lint.ts";
import { headerOf } from "../../src/db/migration-header.ts";

const found = (sql: string, header = "-- expand\n") =>
  lint(header + sql, headerOf("0002_it", header + sql)).map(({ line, rule }) => `${line} ${rule}`);

describe("what would stop a service that runs is found:", () => {
  test.each([
    ["index-lock", 'CREATE INDEX "a_idx" ON "user" USING btree ("name")'],
    ["index-lock", "create unique index if not exists a_idx on public.user (name)"],
    ["not-null", 'ALTER TABLE "user" ADD COLUMN "age" smallint NOT NULL'],
    ["not-null", 'ALTER TABLE "user" ALTER COLUMN "name" SET NOT NULL'],
    ["constraint-scan", 'ALTER TABLE "a" ADD CONSTRAINT "a_b_fk" FOREIGN KEY ("b") REFERENCES "public"."b"("id")'],
    ["constraint-scan", `alter table a add check (length(name) <= 5)`],
    ["validate-at-once", "alter table a add constraint k check (b > 0) not valid; alter table a validate constraint k"],
    ["unique-scan", 'ALTER TABLE "a" ADD CONSTRAINT "a_b" UNIQUE("b")'],
    ["rewrite", "alter table a add column key uuid default gen_random_uuid()"],
    ["rewrite", "alter table a add key text generated always as (lower(name)) stored"],
    ["rewrite", "ALTER TABLE a SET UNLOGGED"],
    ["data", "update a set b = 1"],
    ["data", "insert into a select * from b"],
    ["concurrently", "create index concurrently a_idx on a (b)"],
    ["drop", 'DROP TABLE "a" CASCADE'],
    ["drop", 'ALTER TABLE "a" DROP COLUMN "b"'],
    ["rename", 'ALTER TABLE "a" RENAME COLUMN "b" TO "c"'],
    ["type-change", 'ALTER TABLE "a" ALTER COLUMN "b" SET DATA TYPE bigint'],
  ])("%s in %s", (rule, sql) => {
    expect(found(sql).map((line) => line.split(" ")[1])).toContain(rule);
    expect(found(`select 1;--> statement-breakpoint\n/* ; */ ${sql};`)).toContain(`3 ${rule}`);
  });
});

test("what does no harm isn't found", () => {
  const harmless = [
    "create table a (id int primary key, b int not null references user (id))",
    "create index a_idx on a (b)",
    "alter table a add constraint a_fk foreign key (b) references c (id)",
    "insert into a select id from user",
    'ALTER TABLE "user" ADD COLUMN "factors" smallint DEFAULT 1 NOT NULL',
    "alter table user add column seen timestamptz default now()",
    "alter table user add constraint k check (name is not null) not valid",
    "alter table user add constraint u unique using index user_name",
    "alter table user drop constraint k",
    "alter table user alter column name drop not null",
    "drop index a_idx",
    "insert into user (name) values ('update user; drop table user')",
    "do $$ begin drop table user; end $$",
  ];
  expect(found(harmless.join(";\n"))).toEqual([]);
  const next = "alter table a validate constraint k; alter table a alter column b set not null";
  expect(found(next)).toEqual([]);
});

test("a file says which releases work with it; only one that contracts takes something away", () => {
  expect(found("select 1", "")).toEqual(["1 unmarked"]);
  for (const header of ["-- contract: no release reads it\n", "-- contract after 0001_two: no release reads it\n"])
    expect(found("alter table a drop column b", header)).toEqual([]);
  expect(found("alter table a drop column b", "-- contract\n")).toEqual(["1 unmarked", "2 drop"]);
  expect([narrows("alter table a drop column b"), narrows("alter table a add column b int")]).toEqual([true, false]);
});

test("without a transaction there is only what can be repeated", () => {
  const alone = "-- expand\n-- no-transaction: writers go on\n";
  expect(found("create index concurrently a_idx on a (b);\ndrop index concurrently if exists b_idx", alone)).toEqual(
    [],
  );
  expect(found("alter table a add column b int", alone)).toEqual(["3 repeatable"]);
});

test("what a file accepts, with a reason, isn't found; what it accepts in vain is", () => {
  const sql = "update a set b = 1";
  expect(found(sql, "-- expand\n-- accept data: there are ten rows\n")).toEqual([]);
  expect(found(sql, "-- expand\n-- accept data\n")).toEqual(["3 data"]);
  expect(found(sql, "-- expand\n-- accept data: ten rows\n-- accept rewrite: ten rows\n")).toEqual(["1 accept"]);
});
