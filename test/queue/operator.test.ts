import { expect, test } from "bun:test";
import { queueStatus, retryJobs } from "../../src/queue/operator.ts";
import { Hopeless } from "../../src/core/hopeless.ts";
import { inSandbox } from "../harness/app.ts";
import { note, openNotes } from "./jobs.ts";

test("an operator sees how much waits and failed, kind by kind, and why", () =>
  inSandbox(async ({ database, clock }) => {
    const handle = async (text: string) =>
      Promise.reject(text === "late" ? new Error("greylisted") : new Hopeless("no such mailbox"));
    const { queue, write, worker } = openNotes(database, { clock, handle });
    const oldest = clock.now();
    for (const text of ["late", "lost", "lost"]) await write(text);
    await worker.drain();
    clock.advance(1_000);
    await write("new");
    await queue.enqueue(null, { ...note, name: "other" }, { text: "hello" });
    expect(await queueStatus(database)).toMatchObject([
      { kind: "note", waiting: 2, retried: 1, failed: 2 },
      { kind: "other", waiting: 1, retried: 0, failed: 0, lastError: null },
    ]);
    const [status] = await queueStatus(database);
    expect(Math.abs((status?.oldest?.getTime() ?? 0) - oldest.getTime())).toBeLessThan(1_000);
  }));

test("what was given up, or waits for its next try, is due at once when an operator says so", () =>
  inSandbox(async ({ database, clock }) => {
    let away = true;
    const handle = async (text: string) => {
      if (away) throw text === "late" ? new Error("greylisted") : new Hopeless("no such mailbox");
    };
    const { write, worker, done } = openNotes(database, { clock, handle });
    for (const text of ["late", "lost"]) await write(text);
    await worker.drain();
    away = false;
    await worker.drain();
    expect(done).toEqual([]);
    expect(await retryJobs(database, "other", clock.now())).toBe(0);
    expect(await retryJobs(database, null, clock.now())).toBe(2);
    await worker.drain();
    expect(done.toSorted()).toEqual(["late", "lost"]);
  }));

test("of what was given up under one key, one is tried again, and none where new work waits", () =>
  inSandbox(async ({ database, clock }) => {
    const handle = async () => Promise.reject(new Hopeless("never"));
    const { queue, worker } = openNotes(database, { clock, handle });
    for (const key of ["a", "a", "b"]) {
      await queue.enqueue(null, note, { text: "hello" }, { key });
      await worker.drain();
    }
    await queue.enqueue(null, note, { text: "hello" }, { key: "b" });
    expect(await retryJobs(database, "note", clock.now())).toBe(1);
  }));
