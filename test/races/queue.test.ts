import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { describeMail } from "../../src/mail/letter.ts";
import { openMailer } from "../../src/mail/mailer.ts";
import { openService } from "../harness/app.ts";
import { openMailSink } from "../harness/smtp.ts";
import { until } from "../harness/time.ts";
import { note, openNotes } from "../queue/jobs.ts";

let fresh: FreshDatabase;
beforeEach(async () => {
  fresh = await freshDatabase();
});
afterEach(() => fresh.dispose());

/** A worker that is started, until the end of the test. */
async function started(test: (notes: ReturnType<typeof openNotes>[]) => Promise<void>, count = 1) {
  const notes = Array.from({ length: count }, () => openNotes(fresh.database));
  for (const { worker } of notes) worker.start();
  try {
    await test(notes);
  } finally {
    await Promise.all(notes.map(({ worker }) => worker.stop()));
  }
}

test("a commit wakes the worker: nothing waits until it looks by itself", () =>
  started(async ([notes]) => {
    if (!notes) return;
    // Once it listens; what is queued before is found when it begins to.
    await notes.write("first");
    await until(() => notes.done.includes("first"));
    for (let n = 0; n < 5; n++) {
      const begun = performance.now();
      await notes.write(`${n}`);
      await until(() => notes.done.includes(`${n}`));
      expect(performance.now() - begun).toBeLessThan(2_500);
    }
  }));

test("what isn't committed yet wakes nobody, and is done when it is", () =>
  started(async ([notes]) => {
    if (!notes) return;
    await fresh.database.db.transaction(async (tx) => {
      await notes.queue.enqueue(tx, note, { text: "in time" });
      expect(notes.done).toEqual([]);
    });
    await until(() => notes.done.length === 1);
  }));

test("of several workers, each job is done by one, and by one alone", () =>
  started(async (all) => {
    const [one] = all;
    const texts = Array.from({ length: 200 }, (_, n) => `${n}`);
    await Promise.all(texts.map(async (text) => one?.write(text)));
    const done = () => all.flatMap((notes) => notes.done);
    await until(async () => (await one?.rows())?.length === 0);
    expect(done().toSorted()).toEqual(texts.toSorted());
  }, 3));

test("of two that send over one mail server at once, 200 mails arrive, each of them once", async () => {
  await using sink = await openMailSink();
  const nowhere = { directory: "", from: "Gatehouse <no-reply@example.com>" };
  const mailers = [1, 2].map(() => openMailer({ smtpUrl: sink.url, connections: 5, ...nowhere }, () => {}));
  const services = await Promise.all(mailers.map(async (mailer) => openService({ database: fresh.database, mailer })));
  const letters = Array.from({ length: 200 }, (_, n) => describeMail.passwordChanged(`p${n}@example.com`, new Date()));
  try {
    for (const letter of letters) await services[0]?.deps.post(null, { ...letter, language: null });
    for (const { deps } of services) deps.worker.start();
    await until(() => sink.mails.length >= 200);
    await Promise.all(services.map(({ deps }) => deps.worker.stop()));
    const addressees = sink.mails.map(({ to }) => to?.[0]?.address ?? "");
    expect(addressees.toSorted()).toEqual(letters.map(({ to }) => to).toSorted());
    expect(await fresh.database.statement("", "select id from job", [])).toEqual([]);
  } finally {
    for (const { deps } of services) await deps.close();
    for (const mailer of mailers) mailer.close();
  }
}, 30_000);

describe("a worker that stops", () => {
  test("finishes what it has begun and what is due, and begins nothing after", async () => {
    const notes = openNotes(fresh.database);
    notes.worker.start();
    await Promise.all(Array.from({ length: 20 }, (_, n) => notes.write(`${n}`)));
    await notes.worker.stop();
    expect(notes.done).toHaveLength(20);
    await notes.write("late");
    await notes.worker.drain();
    expect([notes.done.length, (await notes.rows()).length]).toEqual([20, 1]);
  });
});

test("what a worker that stops had taken ahead is another's at once, as if it hadn't been tried", async () => {
  const held = Promise.withResolvers<void>();
  let begun = 0;
  const first = openNotes(fresh.database, { handle: () => (++begun > 20 ? held.promise : Promise.resolve()) });
  const second = openNotes(fresh.database);
  await fresh.database.db.transaction(async (tx) => {
    for (let n = 0; n < 100; n++) await first.queue.enqueue(tx, note, { text: `${n}` });
  });
  first.worker.start();
  try {
    await until(() => begun === 25);
    await first.worker.stop();
    const taken = (await first.rows()).filter(({ attempts }) => attempts > 0);
    // Those that are under way.
    expect(taken).toHaveLength(5);
    await second.worker.drain();
    expect(second.done).toHaveLength(75);
  } finally {
    held.resolve();
  }
}, 20_000);

test("a request answers before its mail is sent, and the mail server's silence holds nobody up", async () => {
  const held = Promise.withResolvers<void>();
  let sent = 0;
  const service = await openService({
    database: fresh.database,
    mailer: { send: () => (sent++, held.promise), close() {} },
    worker: "started",
  });
  try {
    const who = await service.signUp();
    const { owner, slug } = await service.organization();
    for (let n = 0; n < 10; n++) {
      const asked = await service.anonymous.post("/api/auth/request-password-reset", { email: who.email });
      expect(asked.status).toBe(200);
      const guest = { email: `guest-${n}@example.com`, role: "member" };
      expect((await owner.post(`/v1/orgs/${slug}/invitations`, guest)).status).toBe(201);
    }
    // As many as are sent at once; the others wait.
    await until(() => sent === 5);
    held.resolve();
    await until(() => sent === 20);
  } finally {
    held.resolve();
    await service.deps.close();
  }
});
