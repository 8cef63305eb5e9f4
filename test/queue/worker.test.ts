import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { handler } from "../../src/queue/handler.ts";
import { jobStore } from "../../src/queue/store.ts";
import { Hopeless } from "../../src/core/hopeless.ts";
import { sqlState } from "../../src/db/errors.ts";
import { createLog } from "../../src/ops/log.ts";
import { inSandbox } from "../harness/app.ts";
import { note, openNotes } from "./jobs.ts";

const minuteMs = 60_000;

test("what a transaction queues is done once it commits, and not at all where it is rolled back", () =>
  inSandbox(async ({ database }) => {
    const { queue, worker, done, rows } = openNotes(database);
    await database.db.transaction((tx) => queue.enqueue(tx, note, { text: "kept" }));
    const rolledBack = database.db.transaction(async (tx) => {
      await queue.enqueue(tx, note, { text: "undone" });
      throw new Error("on second thoughts");
    });
    expect(await rolledBack.catch((err: Error) => err.message)).toBe("on second thoughts");
    await worker.drain();
    expect([done, await rows()]).toEqual([["kept"], []]);
  }));

test("a request's role queues work, and reads, changes and deletes none", () =>
  inSandbox(async ({ database }) => {
    const { queue, worker, done } = openNotes(database);
    const settings = { "app.organization_id": "x" };
    await database.transaction(settings, (tx) => queue.enqueue(tx, note, { text: "asked for" }));
    for (const text of ["select id from job", "update job set attempts = 9", "delete from job"]) {
      const refused = database.transaction(settings, (tx) => tx.execute(text));
      expect(await refused.catch(sqlState)).toBe("42501");
    }
    await worker.drain();
    expect(done).toEqual(["asked for"]);
  }));

test("what fails is tried again after 5 s, 15 s, 45 s and so on, and given up after a day", () =>
  inSandbox(async ({ database, clock }) => {
    const lines: string[] = [];
    const log = createLog("info", { write: (line) => void lines.push(line) });
    const fails = async () => Promise.reject(new Error("the server is away"));
    const { write, worker, rows } = openNotes(database, { clock, log, handle: fails });
    const begun = clock.now().getTime();
    await write("hello");
    const waits: number[] = [];
    for (let tries = 0; tries < 100; tries++) {
      await worker.drain();
      const [row] = await rows();
      if (row?.failedAt) break;
      expect(row).toMatchObject({ attempts: tries + 1, error: "the server is away" });
      waits.push((row?.runAt.getTime() ?? 0) - clock.now().getTime());
      clock.set(row?.runAt ?? clock.now());
    }
    for (const [at, seconds] of [5, 15, 45, 135].entries()) {
      expect(waits[at]).toBeGreaterThan(seconds * 800 - 50);
      expect(waits[at]).toBeLessThan(seconds * 1200);
    }
    expect(Math.max(...waits)).toBeLessThan(72 * minuteMs);
    expect((clock.now().getTime() - begun) / (60 * minuteMs)).toBeGreaterThan(18);
    const [row] = await rows();
    expect(row).toMatchObject({ attempts: 30, error: "the server is away" });
    expect(lines.filter((line) => line.includes("a job was given up"))).toHaveLength(1);
    clock.advance(48 * 60 * minuteMs);
    await worker.drain();
    expect((await rows())[0]?.attempts).toBe(30);
  }));

test("what can't be done stops nothing else, of its kind or another", () =>
  inSandbox(async ({ database }) => {
    const heard: string[] = [];
    const other = handler({ ...note, name: "other" }, 1, async ({ text }) => void heard.push(text));
    const handle = async (text: string) => {
      if (text === "poison") throw new Error("undoable");
    };
    const { queue, write, worker, done, rows } = openNotes(database, { handle, others: [other] });
    for (let n = 0; n < 12; n++) await write("poison");
    await queue.enqueue(null, { ...note, schema: z.any() }, { words: 1 });
    await write("fine");
    await queue.enqueue(null, { ...note, name: "other" }, { text: "elsewhere" });
    await worker.drain();
    expect([done, heard]).toEqual([["fine"], ["elsewhere"]]);
    const left = await rows();
    expect(left.map(({ failedAt }) => failedAt === null)).toEqual([...Array<boolean>(12).fill(true), false]);
    expect(left.at(-1)?.error).toBe("not a payload of the kind note");
  }));

test("what no later try would get done is given up at once", () =>
  inSandbox(async ({ database }) => {
    const handle = async () => Promise.reject(new Hopeless("there is no such mailbox"));
    const { write, worker, rows } = openNotes(database, { handle });
    await write("hello");
    await worker.drain();
    expect(await rows()).toMatchObject([
      { attempts: 1, error: "there is no such mailbox", failedAt: expect.any(Date) },
    ]);
  }));

test("nothing that a job is told is in the database in plain text, or in the error that is kept and logged", () =>
  inSandbox(async ({ database }) => {
    const lines: string[] = [];
    const log = createLog("info", { write: (line) => void lines.push(line) });
    const handle = async (text: string) => Promise.reject(new Error(`no way to\n do "${text}"`));
    const { write, worker, rows } = openNotes(database, { log, handle });
    await write("https://x.example/#secret");
    const stored = await database.statement("", "select job::text as row from job", []);
    await worker.drain();
    expect((await rows())[0]?.error).toBe('no way to do "…"');
    expect(JSON.stringify([stored, await rows(), lines])).not.toContain("secret");
  }));

test("what was sealed by another secret, or for another row, is given up and not done", () =>
  inSandbox(async ({ database }) => {
    const { write, worker, done, rows } = openNotes(database);
    await openNotes(database, { secret: "another secret that is as long as it has to be" }).write("foreign");
    await write("one");
    await write("two");
    await database.statement(
      "",
      "update job set payload = (select max(payload) from job where id > $1) where id > $1",
      [(await database.statement<{ id: string }>("", "select id from job order by id limit 1", []))[0]?.id],
    );
    await worker.drain();
    expect(done).toHaveLength(1);
    expect((await rows()).map(({ error }) => error)).toEqual(
      Array(2).fill("AUTH_SECRET isn't the one that it was queued with"),
    );
  }));

test("what a killed process had begun is done by another a minute later, and its late end ends nothing", () =>
  inSandbox(async ({ database, clock }) => {
    const { write, worker, done, rows } = openNotes(database, { clock });
    await write("hello");
    const store = jobStore(database);
    const now = clock.now();
    const [lost] = await store.take(new Map([["note", 1]]), now, new Date(now.getTime() + minuteMs));
    await worker.drain();
    expect(done).toEqual([]);
    clock.advance(minuteMs);
    const [again] = await store.take(new Map([["note", 1]]), clock.now(), new Date(clock.now().getTime() + minuteMs));
    expect([lost?.attempt, again?.attempt]).toEqual([1, 2]);
    await store.end({ job: lost!, error: null, retryAt: null }, clock.now());
    expect(await rows()).toMatchObject([{ attempts: 2 }]);
    clock.advance(minuteMs);
    await worker.drain();
    expect([done, await rows()]).toEqual([["hello"], []]);
  }));

test("work that nobody here does is left to who does", () =>
  inSandbox(async ({ database }) => {
    const { queue, worker, rows } = openNotes(database);
    await queue.enqueue(null, { ...note, name: "newer" }, { text: "hello" });
    await worker.drain();
    expect(await rows()).toMatchObject([{ kind: "newer", attempts: 0, failedAt: null }]);
  }));

test("of work with one key, one waits", () =>
  inSandbox(async ({ database }) => {
    const { queue, worker, done } = openNotes(database);
    for (const text of ["first", "second"]) await queue.enqueue(null, note, { text }, { key: "k" });
    await queue.enqueue(null, note, { text: "other" }, { key: "o" });
    await worker.drain();
    expect(done.toSorted()).toEqual(["first", "other"]);
    await queue.enqueue(null, note, { text: "third" }, { key: "k" });
    await worker.drain();
    expect(done).toContain("third");
  }));

test("work that is for later waits until then", () =>
  inSandbox(async ({ database, clock }) => {
    const { queue, worker, done } = openNotes(database, { clock });
    await queue.enqueue(null, note, { text: "later" }, { at: new Date(clock.now().getTime() + minuteMs) });
    await worker.drain();
    expect(done).toEqual([]);
    clock.advance(minuteMs);
    await worker.drain();
    expect(done).toEqual(["later"]);
  }));

test("what nobody has use for any more is dropped with a line in the log, also after a failure", () =>
  inSandbox(async ({ database, clock }) => {
    const lines: string[] = [];
    const log = createLog("info", { write: (line) => void lines.push(line) });
    let away = true;
    const handle = async () => {
      if (away) throw new Error("the server is away");
    };
    const { queue, worker, done, rows } = openNotes(database, { clock, log, handle });
    const inMinutes = (minutes: number) => ({ expiresAt: new Date(clock.now().getTime() + minutes * minuteMs) });
    await queue.enqueue(null, note, { text: "short-lived" }, inMinutes(1));
    await queue.enqueue(null, note, { text: "long-lived" }, inMinutes(3));
    await worker.drain();
    away = false;
    clock.advance(2 * minuteMs);
    await worker.drain();
    expect([done, await rows()]).toEqual([["long-lived"], []]);
    expect(lines.filter((line) => line.includes("a job came too late and was dropped"))).toHaveLength(1);
  }));

test("422 for a payload that its kind doesn't take or that is too long, and nothing is queued", () =>
  inSandbox(async ({ database }) => {
    const { queue, write, rows } = openNotes(database);
    const refused = (asked: Promise<void>) => asked.then(String, (err: { status?: number }) => err.status);
    expect(await refused(queue.enqueue(null, note, { words: 1 } as never))).toBe(422);
    expect(await refused(write("x".repeat(50_000)))).toBe(422);
    expect(await rows()).toEqual([]);
    await write("x".repeat(48_000));
    expect(await rows()).toHaveLength(1);
  }));

describe("too much work of one kind", () => {
  test("is refused as by a full disk, in the transaction that asks for it, and none of another kind", () =>
    inSandbox(async ({ database, anonymous, signUp }) => {
      const { email } = await signUp();
      const fill = `insert into job (id, kind, payload, created_at, run_at)
        select gen_random_uuid(), 'mail', '', now(), now() + interval '1 day' from generate_series(1, 100000)`;
      await database.statement("", fill, []);
      const { status, headers } = await anonymous.post("/api/auth/request-password-reset", { email, redirectTo: "/" });
      expect([status, headers.has("retry-after")]).toEqual([503, true]);
      const { write, worker, done } = openNotes(database);
      await write("of another kind");
      await worker.drain();
      expect(done).toEqual(["of another kind"]);
    }));
});
