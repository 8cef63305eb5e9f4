import { expect, test } from "bun:test";
import { batched } from "../../src/db/batch.ts";

/** Answers each batch when it is told to. */
function desk(limits: { inFlight: number; size: number; timeoutMs?: number }) {
  const batches: { questions: readonly number[]; answer: () => void; fail: (err: Error) => void }[] = [];
  const ask = batched<number, string>(
    (questions) =>
      new Promise((resolve, reject) => {
        batches.push({ questions, answer: () => resolve(questions.map((n) => `answer ${n}`)), fail: reject });
      }),
    limits,
  );
  return { ask, batches };
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test("the first question goes at once, those that come meanwhile share the next statement, each with its own answer", async () => {
  const { ask, batches } = desk({ inFlight: 1, size: 10 });
  const answers = Promise.all([1, 2, 3, 2].map(ask));
  expect(batches.map(({ questions }) => questions)).toEqual([[1]]);
  batches[0]?.answer();
  await settle();
  expect(batches.map(({ questions }) => questions)).toEqual([[1], [2, 3, 2]]);
  batches[1]?.answer();
  expect(await answers).toEqual(["answer 1", "answer 2", "answer 3", "answer 2"]);
});

test("no more statements than allowed are under way, and none is larger than allowed", async () => {
  const { ask, batches } = desk({ inFlight: 2, size: 3 });
  const answers = Promise.all(Array.from({ length: 9 }, (_, n) => ask(n)));
  expect(batches.length).toBe(2);
  for (let at = 0; at < batches.length; at++) {
    batches[at]?.answer();
    await settle();
  }
  expect(await answers).toEqual(Array.from({ length: 9 }, (_, n) => `answer ${n}`));
  expect(Math.max(...batches.map(({ questions }) => questions.length))).toBe(3);
});

test("a statement that fails fails for those in it only", async () => {
  const { ask, batches } = desk({ inFlight: 1, size: 10 });
  const outcomes = Promise.allSettled([1, 2, 3].map(ask));
  batches[0]?.fail(new Error("away"));
  await settle();
  batches[1]?.answer();
  expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
  const later = ask(4);
  batches[2]?.answer();
  expect(await later).toBe("answer 4");
});

test("a question is given up after its time, under way or waiting, and no statement is made for it later", async () => {
  const { ask, batches } = desk({ inFlight: 1, size: 10, timeoutMs: 5 });
  const outcomes = await Promise.allSettled([ask(1), ask(2)]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  batches[0]?.answer();
  await settle();
  expect(batches.length).toBe(1);
  const later = ask(3);
  batches[1]?.answer();
  expect(await later).toBe("answer 3");
});
