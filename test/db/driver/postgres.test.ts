import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { openDatabase } from "../../../src/db/open.ts";
import type { Database } from "../../../src/db/types.ts";
import { isUnavailable, isUniqueViolation, sqlState } from "../../../src/db/errors.ts";
import * as schema from "../../../src/schema.ts";
import { openValve } from "../../harness/valve.ts";
import { failure } from "../failure.ts";
import { ACME, ids, note, type Notes, openNotes, residue } from "../notes.ts";
import { countingProxy } from "../proxy.ts";

const onServer = Boolean(process.env["TEST_DATABASE_URL"]);

/** The backend behind a pool of one connection. */
async function backend(database: Database): Promise<number> {
  const [row] = await database.statement<{ pid: number }>("backend", "select pg_backend_pid() as pid", []);
  return row!.pid;
}

describe.skipIf(!onServer)("PostgreSQL", () => {
  let notes: Notes;
  let admin: Database;
  beforeAll(async () => {
    notes = await openNotes();
    admin = await openDatabase({ url: notes.url!, schema, poolMax: 1 });
  });
  afterAll(async () => {
    await admin.close();
    await notes[Symbol.asyncDispose]();
  });

  /** Ends the backend `pid` and returns when the server has none by that number. */
  const terminate = (pid: number) => admin.statement("terminate", "select pg_terminate_backend($1, 5000)", [pid]);

  test("serves again by itself after its idle connection was cut", async () => {
    const before = await backend(notes.database);
    await terminate(before);
    const err = await failure(notes.database.ping());
    if (err !== undefined) expect(isUnavailable(err)).toBe(true);
    expect(await backend(notes.database)).not.toBe(before);
    expect(ids(await notes.database.scoped(ACME).select().from(note))).toEqual([1, 2]);
    expect(notes.database.stats()).toMatchObject({ max: 1, total: 1, waiting: 0 });
  });

  test("a transaction whose connection is cut between two statements fails as unavailable, and the next one works", async () => {
    const cut = notes.database.transaction(ACME, async (tx) => {
      const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await terminate(rows[0]!.pid);
      await tx.insert(note).values({ id: 50, organizationId: "acme" });
    });
    expect(isUnavailable(await failure(cut))).toBe(true);
    expect(ids(await notes.database.transaction(ACME, (tx) => tx.select().from(note)))).toEqual([1, 2]);
  });

  test("a read under way whose connection is cut fails as unavailable, and its place in the pool is free again", async () => {
    const pid = await backend(notes.database);
    const asleep = failure(
      notes.database
        .scoped(ACME)
        .select({ x: sql`pg_sleep(60)` })
        .from(note),
    );
    const running = "select 1 from pg_stat_activity where pid = $1 and query like '%pg_sleep%' and state = 'active'";
    while ((await admin.statement("running", running, [pid])).length === 0);
    await terminate(pid);
    expect(isUnavailable(await asleep)).toBe(true);
    expect(await backend(notes.database)).not.toBe(pid);
  });

  test("a network that goes away mid-transaction leaks no connection from the pool", async () => {
    using proxy = await countingProxy(notes.url!);
    const through = await openDatabase({ url: proxy.url, schema, poolMax: 2 });
    for (let i = 0; i < 5; i++) {
      const cut = through.transaction(ACME, async (tx) => {
        proxy.cut();
        await tx.select().from(note);
      });
      expect(isUnavailable(await failure(cut))).toBe(true);
    }
    expect(ids(await through.scoped(ACME).select().from(note))).toEqual([1, 2]);
    expect(through.stats()).toMatchObject({ waiting: 0, total: 1 });
    await through.close();
  });

  test("a failed statement does not cost its connection", async () => {
    const before = await backend(notes.database);
    const again = notes.database.db.insert(note).values({ id: 1, organizationId: "acme" });
    expect(isUniqueViolation(await failure(again))).toBe(true);
    expect(await backend(notes.database)).toBe(before);
  });

  test("a connection left inside a transaction is not handed to the next", async () => {
    const before = await backend(notes.database);
    await notes.database.db.execute(sql`begin`);
    expect(await backend(notes.database)).not.toBe(before);
  });

  test("a statement over its time is cancelled with 57014, and its connection is used again", async () => {
    const hasty = await openDatabase({ url: notes.url!, schema, poolMax: 1, statementTimeoutMs: 20 });
    const err = await failure(hasty.statement("slow", "select pg_sleep(60)", []));
    expect([sqlState(err), isUnavailable(err)]).toEqual(["57014", true]);
    expect(await residue(hasty)).toMatchObject({ role: "none" });
    await hasty.close();
  });

  test("a server that falls silent is an outage, not a hang", async () => {
    await using valve = await openValve(notes.url!);
    const patient = await openDatabase({ url: valve.url, schema, poolMax: 3, statementTimeoutMs: 100 });
    // Three connections are open, so that what follows waits for an answer and not for a greeting.
    await Promise.all([patient.ping(), patient.ping(), patient.ping()]);
    valve.shut();
    const refused = await Promise.all([
      failure(patient.ping()),
      failure(patient.scoped(ACME).select().from(note)),
      failure(patient.transaction(ACME, async (tx) => tx.select().from(note))),
    ]);
    expect(refused.map(isUnavailable)).toEqual([true, true, true]);
    valve.open();
    expect(ids(await patient.scoped(ACME).select().from(note))).toEqual([1, 2]);
    await patient.close();
  });

  test("waiting too long for a connection of a full pool is an outage, not a hang", async () => {
    const small = await openDatabase({ url: notes.url!, schema, poolMax: 1, connectTimeoutMs: 30 });
    await small.session(async () => {
      const waiting = small.ping();
      expect(small.stats()).toMatchObject({ max: 1, total: 1, idle: 0, waiting: 1 });
      expect(isUnavailable(await failure(waiting))).toBe(true);
    });
    await small.ping();
    await small.close();
  });

  test("closing twice is closing once, and using it afterwards is an outage", async () => {
    const closed = await openDatabase({ url: notes.url!, schema });
    await closed.ping();
    await Promise.all([closed.close(), closed.close()]);
    expect(isUnavailable(await failure(closed.ping()))).toBe(true);
  });
});

test("a server that is not there is an outage, told at the first use", async () => {
  const nowhere = await openDatabase({ url: "postgres://127.0.0.1:1/nothing", schema });
  expect(isUnavailable(await failure(nowhere.ping()))).toBe(true);
  expect(isUnavailable(await failure(nowhere.scoped(ACME).select().from(note)))).toBe(true);
  expect(isUnavailable(await failure(nowhere.transaction(ACME, async () => {})))).toBe(true);
  await nowhere.close();
});

test.each(["", "mysql://x", "pglite:", "postgres:"])("the URL %p is refused, and not repeated", async (url) => {
  const err = await failure(openDatabase({ url, schema }));
  expect(String(err)).toContain("must be postgres://");
});
