import { afterAll, beforeAll, expect, test } from "bun:test";
import { eq, sql } from "drizzle-orm";
import { sqlState } from "../../../src/db/errors.ts";
import { failure } from "../failure.ts";
import { note, type Notes, openNotes } from "../notes.ts";

let notes: Notes;
const heard: [text: string, params: number][] = [];
beforeAll(async () => {
  notes = await openNotes({ onQuery: (text, params) => heard.push([text, params]) });
});
afterAll(() => notes[Symbol.asyncDispose]());

const TEXT = `select timestamptz '2026-01-02 03:04:05.678+01' as instant, date '2026-01-02' as day, 5::int8 as small,
  9007199254740993::int8 as big, array[1::int8] as list, 1.50::numeric as amount, '\\x0102'::bytea as bytes,
  '{"a": 1}'::jsonb as json, true as yes, null as nothing, interval '1 hour' as span`;

const VALUES = {
  instant: new Date("2026-01-02T02:04:05.678Z"),
  day: "2026-01-02",
  small: 5,
  big: 9007199254740993n,
  list: [1],
  amount: "1.50",
  bytes: Buffer.from([1, 2]),
  json: { a: 1 },
  yes: true,
  nothing: null,
  span: "01:00:00",
};

test("object rows carry the same JavaScript values on both databases", async () => {
  expect(await notes.database.statement<object>("values", TEXT, [])).toEqual([VALUES]);
  expect((await notes.database.db.execute(sql.raw(TEXT))).rows).toEqual([VALUES]);
});

test("a result tells how many rows it touched, on both databases", async () => {
  const { db } = notes.database;
  expect((await db.update(note).set({ title: "x" }).where(eq(note.id, 1))).rowCount).toBe(1);
  expect((await db.execute(sql`select * from test_note where id < 3`)).rowCount).toBe(2);
  expect((await db.delete(note).where(eq(note.id, -1))).rowCount).toBe(0);
});

test("a column of an instant comes as a Date", async () => {
  const [row] = await notes.database.db.select().from(note).limit(1);
  expect(row?.writtenAt).toBeInstanceOf(Date);
});

test("one call never runs two statements", async () => {
  const text = "select 1; delete from test_note";
  expect(sqlState(await failure(notes.database.statement("two", text, [])))).toBe("42601");
  expect(sqlState(await failure(notes.database.db.execute(sql.raw(text))))).toBe("42601");
  expect(await notes.database.db.$count(note)).toBe(3);
});

test.skipIf(!process.env["TEST_DATABASE_URL"])("the query listener hears texts and counts, never values", async () => {
  heard.length = 0;
  await notes.database.statement("heard", "select $1::text as x", ["hunter2"]);
  await notes.database
    .scoped({ "app.organization_id": "acme" })
    .select({ id: note.id })
    .from(note)
    .where(eq(note.id, 1));
  expect(heard).toEqual([
    ["select $1::text as x", 1],
    [`select "id" from "test_note" where "test_note"."id" = $1`, 1],
  ]);
});
