import { describe, expect, test } from "bun:test";
import { downFileOf, migrationOf, statementsOf, undoOf } from "../../src/cli/migration-sql.ts";

describe("undoOf", () => {
  test("drops what was made, last first, tables together, and leaves to a table what goes with it", () => {
    const { statements, byHand } = undoOf([
      'CREATE TYPE "public"."mood" AS ENUM(\'a\');',
      'CREATE TABLE "label" ("id" uuid);',
      'ALTER TABLE "project" ADD COLUMN "color" text;',
      'ALTER TABLE "project" ADD CONSTRAINT "project_label_fk" FOREIGN KEY ("label") REFERENCES "public"."label"("id");',
      'CREATE UNIQUE INDEX "project_color" ON "project" USING btree ("color");',
      'CREATE INDEX "label_id" ON "label" USING btree ("id");',
      'CREATE TABLE "tag" ("id" uuid);',
    ]);
    expect(byHand).toEqual([]);
    expect(statements).toEqual([
      'DROP TABLE "tag", "label";',
      'DROP INDEX "project_color";',
      'ALTER TABLE "project" DROP CONSTRAINT "project_label_fk";',
      'ALTER TABLE "project" DROP COLUMN "color";',
      'DROP TYPE "public"."mood";',
    ]);
  });

  test("leaves to a person what drops or alters", () => {
    const lossy = ['ALTER TABLE "project" DROP COLUMN "color";', 'DROP TABLE "label" CASCADE;', "SELECT 1;"];
    expect(undoOf(lossy)).toEqual({ statements: [], byHand: lossy });
  });
});

describe("downFileOf", () => {
  test("is complete where everything was made", () => {
    expect(downFileOf("0009_x", ['CREATE TABLE "label" ("id" uuid);'])).toEqual({
      sql: 'DROP TABLE "label";\n',
      finished: true,
    });
  });

  test("refuses to run where a person must write something, and says what", () => {
    const { sql, finished } = downFileOf("0009_x", ['CREATE TABLE "label" ("id" uuid);', 'DROP TABLE "tag";']);
    expect(finished).toBe(false);
    const [guard, ...rest] = statementsOf(sql);
    expect(guard).toContain('--   DROP TABLE "tag";');
    expect(guard).toContain("RAISE EXCEPTION");
    expect(rest).toEqual(['DROP TABLE "label";']);
  });

  test("refuses to run for an empty migration that is to be written by hand", () => {
    expect(downFileOf("0009_x", [])).toMatchObject({ finished: false });
  });
});

test("statements survive being written and read", () => {
  const statements = ["SELECT 1;", "SELECT\n2;"];
  expect(statementsOf(migrationOf(statements))).toEqual(statements);
});
