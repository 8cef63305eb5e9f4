import { describe, expect, test } from "bun:test";
import { openQueue } from "../../src/passwords/queue.ts";

/** A queue of tasks that run until they are finished by hand. */
function queued(bounds: { atOnce: number; waiting: number }) {
  const running: { name: string; finish: () => void; fail: () => void }[] = [];
  const enqueue = openQueue(bounds);
  const run = (name: string, signal?: AbortSignal) =>
    enqueue(
      () =>
        new Promise<string>((resolve, reject) => {
          running.push({ name, finish: () => resolve(name), fail: () => reject(new Error("failed")) });
        }),
      signal,
    );
  return { running, run, names: () => running.map(({ name }) => name) };
}

const turn = () => new Promise(setImmediate);

describe("tasks", () => {
  test("run so many at once, and in the order they came", async () => {
    const { running, run, names } = queued({ atOnce: 2, waiting: 9 });
    const done = ["a", "b", "c", "d"].map((name) => run(name));
    expect(names()).toEqual(["a", "b"]);
    running[1]?.finish();
    await done[1];
    await turn();
    expect(names()).toEqual(["a", "b", "c"]);
    for (let next = 0; next < 4; next++) {
      running[next]?.finish();
      await turn();
    }
    expect(await Promise.all(done)).toEqual(["a", "b", "c", "d"]);
    expect(names()).toEqual(["a", "b", "c", "d"]);
  });

  test("503 with Retry-After for more than may wait, and none that waits is lost", async () => {
    const { running, run } = queued({ atOnce: 1, waiting: 1 });
    const [first, second] = [run("first"), run("second")];
    expect(run("third")).rejects.toMatchObject({ status: 503, extras: { headers: { "Retry-After": "5" } } });
    running[0]?.finish();
    expect(await first).toBe("first");
    await turn();
    running[1]?.finish();
    expect(await second).toBe("second");
  });

  test("make room for the next when they fail", async () => {
    const { running, run, names } = queued({ atOnce: 1, waiting: 9 });
    const failing = run("first").catch(String);
    const second = run("second");
    running[0]?.fail();
    expect(await failing).toBe("Error: failed");
    await turn();
    expect(names()).toEqual(["first", "second"]);
    running[1]?.finish();
    expect(await second).toBe("second");
  });

  test("don't run for a client that hung up while it waited", async () => {
    const { running, run, names } = queued({ atOnce: 1, waiting: 9 });
    const gone = new AbortController();
    const [, second, third] = [
      run("first"),
      run("second", gone.signal).catch((err: Error) => err.message),
      run("third"),
    ];
    gone.abort();
    running[0]?.finish();
    expect(await second).toContain("Too many people");
    await turn();
    expect(names()).toEqual(["first", "third"]);
    running[1]?.finish();
    expect(await third).toBe("third");
  });
});
