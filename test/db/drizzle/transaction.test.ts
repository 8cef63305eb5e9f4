import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eq, sql } from "drizzle-orm";
import type { Tx } from "../../../src/db/types.ts";
import { isForeignKeyViolation, isUniqueViolation, sqlState } from "../../../src/db/errors.ts";
import { failure } from "../failure.ts";
import { ACME, ids, note, type Notes, NOTHING, openNotes, residue, UMBRELLA } from "../notes.ts";

let notes: Notes;
beforeAll(async () => {
  notes = await openNotes();
});
afterAll(() => notes[Symbol.asyncDispose]());

let last = 100;
const acmes = () => ({ id: ++last, organizationId: "acme" });
const stored = async (id: number) => (await notes.database.db.select().from(note).where(eq(note.id, id))).length === 1;

describe("a transaction", () => {
  test("commits what it wrote, and leaves no setting behind", async () => {
    const row = acmes();
    await notes.database.transaction(ACME, (tx) => tx.insert(note).values(row));
    expect(await stored(row.id)).toBe(true);
    expect(await residue(notes.database)).toEqual(NOTHING);
  });

  test("undoes what it wrote when its work throws, and passes the error on", async () => {
    const row = acmes();
    const thrown = new Error("no");
    const work = async (tx: Tx) => {
      await tx.insert(note).values(row);
      throw thrown;
    };
    expect(await failure(notes.database.transaction(ACME, work))).toBe(thrown);
    expect(await stored(row.id)).toBe(false);
    expect(await residue(notes.database)).toEqual(NOTHING);
  });

  test("can't write into another organization, nor see or move its rows", async () => {
    const { database } = notes;
    const foreign = { id: 90, organizationId: "umbrella" };
    expect(sqlState(await failure(database.transaction(ACME, (tx) => tx.insert(note).values(foreign))))).toBe("42501");
    const move = database.transaction(ACME, (tx) =>
      tx.update(note).set({ organizationId: "umbrella" }).where(eq(note.id, 1)),
    );
    expect(sqlState(await failure(move))).toBe("42501");
    const touched = await database.transaction(ACME, (tx) => tx.delete(note).where(eq(note.id, 3)).returning());
    expect(touched).toEqual([]);
  });

  test("without settings still runs as the application's role", async () => {
    expect(await notes.database.transaction({}, (tx) => tx.select().from(note))).toEqual([]);
  });

  test("does not claim to have committed when an error inside it was swallowed", async () => {
    const row = acmes();
    const work = async (tx: Tx) => {
      await tx.insert(note).values(row);
      await failure(tx.insert(note).values(row));
    };
    const err = await failure(notes.database.transaction(ACME, work));
    expect(String(err)).toContain("rolled back");
    expect(isUniqueViolation(err, "test_note_pkey")).toBe(true);
    expect(await stored(row.id)).toBe(false);
  });

  test("fails when a deferred constraint fails at its end", async () => {
    const row = { ...acmes(), replyTo: 9999 };
    expect(
      isForeignKeyViolation(await failure(notes.database.transaction(ACME, (tx) => tx.insert(note).values(row)))),
    ).toBe(true);
    expect(await stored(row.id)).toBe(false);
  });

  test("of the owner takes drizzle's isolation level and access mode", async () => {
    const level = await notes.database.db.transaction(
      (tx) => tx.execute<{ level: string }>(sql`select current_setting('transaction_isolation') as level`),
      { isolationLevel: "serializable", accessMode: "read only" },
    );
    expect(level.rows).toEqual([{ level: "serializable" }]);
    const write = (tx: Tx) => tx.insert(note).values(acmes());
    expect(sqlState(await failure(notes.database.db.transaction(write, { accessMode: "read only" })))).toBe("25006");
  });
});

describe("a nested transaction", () => {
  test("that fails undoes only itself", async () => {
    const [outer, inner] = [acmes(), acmes()];
    await notes.database.transaction(ACME, async (tx) => {
      await tx.insert(note).values(outer);
      const nested = tx.transaction(async (deeper) => {
        await deeper.insert(note).values(inner);
        await deeper.insert(note).values(inner);
      });
      expect(isUniqueViolation(await failure(nested))).toBe(true);
    });
    expect([await stored(outer.id), await stored(inner.id)]).toEqual([true, false]);
  });

  test("keeps its rows when its sibling, started at the same time, fails", async () => {
    const [kept, dropped] = [acmes(), acmes()];
    await notes.database.transaction(ACME, (tx) =>
      Promise.allSettled([
        tx.transaction(async (first) => {
          await first.insert(note).values(dropped);
          await first.execute(sql`select 1`);
          throw new Error("no");
        }),
        tx.transaction((second) => second.insert(note).values(kept)),
      ]),
    );
    expect([await stored(kept.id), await stored(dropped.id)]).toEqual([true, false]);
  });

  test("keeps its role and settings, of its own organization", async () => {
    const seen = await notes.database.transaction(UMBRELLA, (tx) =>
      tx.transaction((inner) => inner.select().from(note)),
    );
    expect(ids(seen)).toEqual([3]);
  });

  test("refuses the outer handle inside it, instead of waiting for itself for ever", async () => {
    const work = (tx: Tx) => tx.transaction(() => tx.select().from(note));
    expect(String(await failure(notes.database.transaction(ACME, work)))).toContain("outer transaction handle");
  });
});

test("a statement left behind by a transaction never runs outside it", async () => {
  const row = acmes();
  const failed = Promise.withResolvers<void>();
  let leaked: Promise<unknown> = Promise.resolve();
  const work = (tx: Tx) => {
    leaked = failed.promise.then(() => tx.insert(note).values(row));
    throw new Error("no");
  };
  await failure(notes.database.transaction(ACME, async (tx) => work(tx)));
  failed.resolve();
  expect(String(await failure(leaked))).toContain("has ended");
  expect(await stored(row.id)).toBe(false);
});

test("an error's message holds no parameter", async () => {
  const secret = { id: 1, organizationId: "acme", title: "hunter2" };
  const err = (await failure(notes.database.db.insert(note).values(secret))) as Error;
  expect(isUniqueViolation(err)).toBe(true);
  expect(Bun.inspect(err)).not.toContain("hunter2");
});

test.skipIf(Boolean(process.env["TEST_DATABASE_URL"]))(
  "PGlite's database refuses to be used inside its own transaction, instead of hanging",
  async () => {
    const work = () => notes.database.db.select().from(note);
    expect(String(await failure(notes.database.transaction(ACME, work)))).toContain("inside its own transaction");
    expect(ids(await notes.database.scoped(ACME).select().from(note))).toContain(1);
  },
);
