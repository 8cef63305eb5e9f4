import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { eq, sql } from "drizzle-orm";
import type { Database, Tx } from "../../src/db/types.ts";
import { isForeignKeyViolation, isUniqueViolation, sqlState } from "../../src/db/errors.ts";
import { failure } from "../db/failure.ts";
import { ACME, ids, note, NOTES, NOTHING, residue, UMBRELLA } from "../db/notes.ts";
import { testDatabase } from "./database.ts";
import { openSandbox } from "./sandbox.ts";

let sandbox: Database;
beforeEach(async () => {
  sandbox = await openSandbox(await testDatabase());
  for (const text of NOTES) await sandbox.db.execute(sql.raw(text));
});
afterEach(() => sandbox.close());

const row = (id: number) => ({ id, organizationId: "acme" });
const all = async () => ids(await sandbox.db.select().from(note));

describe("a sandbox", () => {
  test("undoes everything, tables included, when it closes", async () => {
    await sandbox.transaction(ACME, (tx) => tx.insert(note).values(row(10)));
    await sandbox.close();
    const next = await openSandbox(await testDatabase());
    expect(await next.statement("note", "select to_regclass('test_note')::text as note", [])).toEqual([{ note: null }]);
    await next.close();
  });

  test("goes on after a statement that failed", async () => {
    expect(isUniqueViolation(await failure(sandbox.db.insert(note).values(row(1))))).toBe(true);
    expect(sqlState(await failure(sandbox.statement("bad", "select nowhere", [])))).toBe("42703");
    await sandbox.db.insert(note).values(row(10));
    expect(await all()).toEqual([1, 2, 3, 10]);
  });

  test("undoes a failed transaction, and only that", async () => {
    await sandbox.db.insert(note).values(row(10));
    const work = async (tx: Tx) => {
      await tx.insert(note).values(row(11));
      await tx.insert(note).values(row(11));
    };
    expect(isUniqueViolation(await failure(sandbox.transaction(ACME, work)))).toBe(true);
    expect(await all()).toEqual([1, 2, 3, 10]);
  });

  test("does not commit a transaction that swallowed an error", async () => {
    const work = async (tx: Tx) => {
      await tx.insert(note).values(row(10));
      await failure(tx.insert(note).values(row(10)));
    };
    expect(String(await failure(sandbox.transaction(ACME, work)))).toContain("rolled back");
    expect(await all()).toEqual([1, 2, 3]);
  });

  test("keeps organizations apart as the database does", async () => {
    expect(ids(await sandbox.scoped(ACME).select().from(note))).toEqual([1, 2]);
    expect(ids(await sandbox.scoped(UMBRELLA).select().from(note))).toEqual([3]);
    const foreign = sandbox.transaction(UMBRELLA, (tx) => tx.insert(note).values(row(10)));
    expect(sqlState(await failure(foreign))).toBe("42501");
    const write = sandbox.scoped(ACME) as unknown as Tx;
    expect(sqlState(await failure(write.insert(note).values(row(10))))).toBe("25006");
  });

  test("forgets role and settings after every unit, failed ones too", async () => {
    await sandbox.transaction(ACME, (tx) => tx.execute(sql`set local statement_timeout = 77`));
    expect(await residue(sandbox)).toEqual(NOTHING);
    await failure(sandbox.transaction(ACME, (tx) => tx.execute(sql`select 1 / 0`)));
    expect(await residue(sandbox)).toEqual(NOTHING);
    await failure(
      sandbox
        .scoped(ACME)
        .select({ x: sql`1 / 0` })
        .from(note),
    );
    expect(await residue(sandbox)).toEqual(NOTHING);
    await sandbox.db.execute(sql`select set_config('app.organization_id', 'acme', true)`);
    expect(await residue(sandbox)).toEqual(NOTHING);
    const timeout = await sandbox.statement<{ t: string }>(
      "timeout",
      "select current_setting('statement_timeout') as t",
      [],
    );
    expect(timeout[0]?.t).not.toBe("77ms");
  });

  test("checks deferred constraints where the commit would be", async () => {
    const dangling = { ...row(10), replyTo: 999 };
    expect(
      isForeignKeyViolation(await failure(sandbox.transaction(ACME, (tx) => tx.insert(note).values(dangling)))),
    ).toBe(true);
    expect(isForeignKeyViolation(await failure(sandbox.db.insert(note).values(dangling)))).toBe(true);
    await sandbox.transaction(ACME, async (tx) => {
      await tx.insert(note).values({ ...row(10), replyTo: 11 });
      await tx.insert(note).values(row(11));
    });
    expect(await all()).toEqual([1, 2, 3, 10, 11]);
  });

  test("does twelve things at once, each whole or not at all", async () => {
    const done = await Promise.allSettled(
      Array.from({ length: 12 }, (_, i) => {
        const id = 20 + i;
        if (i % 3 === 0) return sandbox.db.insert(note).values(row(id)).execute();
        return sandbox.transaction(ACME, async (tx) => {
          await tx.insert(note).values(row(id));
          if (i % 3 === 1) throw new Error("no");
          await tx.transaction(async (inner) => {
            await inner
              .update(note)
              .set({ title: `inner ${id}` })
              .where(eq(note.id, id));
          });
        });
      }),
    );
    expect(done.filter(({ status }) => status === "fulfilled").length).toBe(8);
    expect(await all()).toEqual([1, 2, 3, 20, 22, 23, 25, 26, 28, 29, 31]);
  });

  test("runs nested transactions that start at the same time one after the other", async () => {
    await sandbox.transaction(ACME, (tx) =>
      Promise.allSettled([
        tx.transaction(async (first) => {
          await first.insert(note).values(row(10));
          throw new Error("no");
        }),
        tx.transaction((second) => second.insert(note).values(row(11))),
        tx.insert(note).values(row(12)),
      ]),
    );
    expect(await all()).toEqual([1, 2, 3, 11, 12]);
  });

  test("gives the transaction drizzle's access mode", async () => {
    const write = sandbox.db.transaction((tx) => tx.insert(note).values(row(10)), { accessMode: "read only" });
    expect(sqlState(await failure(write))).toBe("25006");
    await sandbox.db.insert(note).values(row(10));
  });

  test("answers the relational queries of the schema", async () => {
    const found = await sandbox.db.query.organization.findMany({ with: { members: true } });
    expect(found.map(({ members }) => members.length > 0)).toEqual(found.map(() => true));
  });
});

describe("a sandbox tells of a fault instead of hanging or hiding it", () => {
  test("when its own handle is used inside its transaction", async () => {
    const inside = [
      () => sandbox.db.select().from(note),
      () => sandbox.scoped(ACME).select().from(note),
      () => sandbox.statement("inside", "select 1", []),
      () => sandbox.transaction(ACME, async () => {}),
    ];
    for (const use of inside) {
      const err = await failure(sandbox.transaction(ACME, async () => await use()));
      expect(String(err)).toContain("used inside its own transaction");
    }
    expect(await all()).toEqual([1, 2, 3]);
  });

  test("when the outer transaction is used inside the nested one", async () => {
    const work = (tx: Tx) => tx.transaction(async () => tx.select().from(note));
    expect(String(await failure(sandbox.transaction(ACME, work)))).toContain("outer transaction handle");
  });

  test("when a query comes after the end", async () => {
    const released = Promise.withResolvers<void>();
    const leaked = released.promise.then(() => sandbox.db.select().from(note));
    const inside = Promise.withResolvers<void>();
    const open = sandbox.transaction(ACME, async (tx) => {
      inside.resolve();
      await released.promise;
      await tx.insert(note).values(row(10));
    });
    await inside.promise;
    await sandbox.close();
    released.resolve();
    expect(String(await failure(leaked))).toContain("leaked");
    expect(String(await failure(open))).toContain("leaked");
    expect(String(await failure(sandbox.ping()))).toContain("leaked");
  });

  test("when a transaction is steered by text", async () => {
    for (const text of ["commit", " ROLLBACK", "begin isolation level serializable", "end"])
      expect(String(await failure(sandbox.db.execute(sql.raw(text))))).toContain("use transaction() instead");
    const work = (tx: Tx) => tx.execute(sql`commit`);
    expect(String(await failure(sandbox.transaction(ACME, work)))).toContain("use transaction() instead");
    expect(await all()).toEqual([1, 2, 3]);
  });
});
