import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eq, sql } from "drizzle-orm";
import { openDatabase } from "../../../src/db/open.ts";
import type { Db } from "../../../src/db/types.ts";
import { sqlState } from "../../../src/db/errors.ts";
import * as schema from "../../../src/schema.ts";
import { failure } from "../failure.ts";
import { ACME, ids, note, type Notes, NOTHING, openNotes, residue, UMBRELLA } from "../notes.ts";
import { countingProxy } from "../proxy.ts";

let notes: Notes;
beforeAll(async () => {
  notes = await openNotes();
});
afterAll(() => notes[Symbol.asyncDispose]());

describe("a scoped read", () => {
  test("sees the rows of its organization and no other, however it is asked", async () => {
    const acme = notes.database.scoped(ACME);
    const mine = acme.$with("mine").as(acme.select({ id: note.id }).from(note) as never);
    expect(ids(await acme.select().from(note))).toEqual([1, 2]);
    expect(await acme.$count(note)).toBe(2);
    expect(await acme.select({ id: note.id }).from(note).where(eq(note.id, 3))).toEqual([]);
    expect((await acme.with(mine).select().from(mine)).length).toBe(2);
    expect(ids(await notes.database.scoped(UMBRELLA).select().from(note))).toEqual([3]);
  });

  test("sees nothing when nothing is set, and the owner sees all", async () => {
    expect(await notes.database.scoped({}).select().from(note)).toEqual([]);
    expect(ids(await notes.database.db.select().from(note))).toEqual([1, 2, 3]);
  });

  test("reaches the relational queries of the schema", async () => {
    expect(await notes.database.scoped(ACME).query.member.findMany({ with: { organization: true } })).toEqual([]);
  });

  test("refuses to write, even where the types are got round", async () => {
    const acme = notes.database.scoped(ACME) as Db;
    expect(sqlState(await failure(acme.insert(note).values({ id: 9, organizationId: "acme" })))).toBe("25006");
    const removed = acme.$with("removed").as(acme.delete(note).returning() as never);
    expect(sqlState(await failure(acme.with(removed).select().from(removed)))).toBe("25006");
    expect((await failure(acme.transaction(() => Promise.resolve())))?.toString()).toContain("only reads");
    expect(await notes.database.scoped(ACME).$count(note)).toBe(2);
  });

  test("does not run when its settings fail", async () => {
    const bad = notes.database.scoped({ "app.": "acme" });
    expect(sqlState(await failure(bad.select({ x: sql`1 / 0` }).from(note)))).toBe("42602");
    expect(await residue(notes.database)).toEqual(NOTHING);
  });
});

describe("named statements under scopes", () => {
  const byTitle = (settings: typeof ACME) =>
    notes.database
      .scoped(settings)
      .select({ id: note.id })
      .from(note)
      .where(eq(note.title, sql.placeholder("title")))
      .prepare("notes_by_title");

  test("answer each organization with its own rows from one prepared statement", async () => {
    for (let round = 0; round < 8; round++) {
      expect(ids(await byTitle(ACME).execute({ title: "untitled" }))).toEqual([1, 2]);
      expect(ids(await byTitle(UMBRELLA).execute({ title: "untitled" }))).toEqual([3]);
    }
  });

  test("keep the name free when the statement failed to parse or its settings failed", async () => {
    const wrong = notes.database
      .scoped(ACME)
      .select({ x: sql`nowhere` })
      .from(note)
      .prepare("later");
    expect(sqlState(await failure(wrong.execute()))).toBe("42703");
    const unset = notes.database.scoped({ "app.": "" }).select({ id: note.id }).from(note).prepare("later");
    expect(sqlState(await failure(unset.execute()))).toBe("42602");
    const right = notes.database.scoped(ACME).select({ id: note.id }).from(note).prepare("later");
    expect(ids(await right.execute())).toEqual([1, 2]);
    expect(ids(await right.execute())).toEqual([1, 2]);
  });

  test("keep working after one of their executions failed", async () => {
    const divide = (by: number) =>
      notes.database
        .scoped(ACME)
        .select({ x: sql<number>`10 / ${sql.placeholder("by")}::int` })
        .from(note)
        .limit(1)
        .prepare("divide")
        .execute({ by });
    expect(await divide(2)).toEqual([{ x: 5 }]);
    expect(sqlState(await failure(divide(0)))).toBe("22012");
    expect(await divide(5)).toEqual([{ x: 2 }]);
  });

  test.skipIf(!process.env["TEST_DATABASE_URL"])("refuse one name for two statements, harming neither", async () => {
    const first = notes.database.scoped(ACME).select({ id: note.id }).from(note).prepare("twice");
    expect(ids(await first.execute())).toEqual([1, 2]);
    const second = notes.database.scoped(ACME).select({ title: note.title }).from(note).prepare("twice");
    expect(String(((await failure(second.execute())) as Error).cause)).toContain("stands for another statement");
    expect(ids(await first.execute())).toEqual([1, 2]);
  });
});

test("a value that can't be sent fails its own read only, and leaves its statement usable", async () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const read = (value: object) =>
    notes.database
      .scoped(ACME)
      .select({ id: note.id })
      .from(note)
      .where(sql`title <> (${sql.placeholder("value")}::jsonb)::text`)
      .prepare("cyclic")
      .execute({ value });
  expect(await failure(read(cyclic))).toBeInstanceOf(Error);
  expect(ids(await read({}))).toEqual([1, 2]);
});

test("no setting outlives its statement on the one connection, through errors, aborts and any order", async () => {
  const { database } = notes;
  const acme = async () => expect(ids(await database.scoped(ACME).select().from(note))).toEqual([1, 2]);
  const umbrella = async () => expect(ids(await database.scoped(UMBRELLA).select().from(note))).toEqual([3]);
  const nobody = async () => expect(await database.scoped({}).select().from(note)).toEqual([]);
  const owner = async () => expect(await residue(database)).toEqual(NOTHING);
  const failing = () =>
    failure(
      database
        .scoped(UMBRELLA)
        .select({ x: sql`1 / 0` })
        .from(note),
    );
  const unparsable = () =>
    failure(
      database
        .scoped(UMBRELLA)
        .select({ x: sql`nowhere` })
        .from(note),
    );
  const unset = () =>
    failure(
      database
        .scoped({ ...UMBRELLA, "app.": "" })
        .select()
        .from(note),
    );
  const aborted = () =>
    failure(
      database.transaction(UMBRELLA, async (tx) => {
        await tx.insert(note).values({ id: 3, organizationId: "umbrella" });
      }),
    );
  const read = () =>
    database.transaction(ACME, async (tx) => expect(ids(await tx.select().from(note))).toEqual([1, 2]));
  const steps = [acme, umbrella, nobody, owner, failing, unparsable, unset, aborted, read];
  let seed = 7;
  const next = () => (seed = (seed * 48_271) % 2_147_483_647);
  for (let round = 0; round < 60; round++)
    await Promise.all(Array.from({ length: 20 }, () => steps[next() % steps.length]!()));
  await owner();
}, 30_000);

test.skipIf(!process.env["TEST_DATABASE_URL"])("a scoped read is one round trip, named or not", async () => {
  using proxy = await countingProxy(notes.url!);
  const through = await openDatabase({ url: proxy.url, schema, poolMax: 1 });
  const read = through.scoped(ACME).select({ id: note.id }).from(note);
  const named = read.prepare("one_round_trip");
  await Promise.all([read, named.execute()].map(async (rows) => expect(ids(await rows)).toEqual([1, 2])));
  proxy.reset();
  await read;
  expect(proxy.turns()).toBe(1);
  await named.execute();
  expect(proxy.turns()).toBe(2);
  await through.close();
});
