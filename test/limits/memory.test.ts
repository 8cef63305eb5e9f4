import { describe, expect, test } from "bun:test";
import { countInMemory } from "../../src/limits/memory.ts";

const rule = { name: "test", points: 3, seconds: 60 };

function counting(max = 1_000) {
  let now = 0;
  const memory = countInMemory(() => new Date(now), max);
  return { memory, advance: (ms: number) => void (now += ms) };
}

describe("counting in memory", () => {
  test("allows exactly the rule's points in a window, which begins with the first and isn't prolonged", async () => {
    const { memory, advance } = counting();
    const counts = [];
    for (let n = 0; n < 5; n++) {
      counts.push(await memory.count(rule, "a"));
      advance(10_000);
    }
    expect(counts.map(({ allowed }) => allowed)).toEqual([true, true, true, false, false]);
    expect(counts.map(({ remaining }) => remaining)).toEqual([2, 1, 0, 0, 0]);
    expect(counts.map(({ resetMs }) => resetMs)).toEqual([60_000, 50_000, 40_000, 30_000, 20_000]);
    advance(9_999);
    expect((await memory.count(rule, "a")).allowed).toBe(false);
    advance(1);
    expect(await memory.count(rule, "a")).toMatchObject({ allowed: true, used: 1, resetMs: 60_000 });
  });

  test("sweeping removes the counters whose window has ended, and no other", async () => {
    const { memory, advance } = counting();
    await memory.count(rule, "a");
    advance(30_000);
    await memory.count(rule, "b");
    advance(30_000);
    memory.sweep();
    expect(memory.size()).toBe(1);
    expect(await memory.count(rule, "b")).toMatchObject({ used: 2 });
  });

  test("keys and rules are apart", async () => {
    const { memory } = counting();
    for (let n = 0; n < 4; n++) await memory.count(rule, "a");
    expect((await memory.count(rule, "b")).allowed).toBe(true);
    expect((await memory.count({ ...rule, name: "other" }, "a")).allowed).toBe(true);
  });

  test("what is given back or forgotten can be used again", async () => {
    const { memory } = counting();
    for (let n = 0; n < 3; n++) await memory.count(rule, "a");
    await memory.giveBack(rule, "a");
    expect((await memory.count(rule, "a")).allowed).toBe(true);
    expect((await memory.count(rule, "a")).allowed).toBe(false);
    await memory.forget(rule, "a");
    expect(await memory.count(rule, "a")).toMatchObject({ allowed: true, used: 1 });
    await memory.giveBack(rule, "unknown");
    expect((await memory.count(rule, "unknown")).used).toBe(1);
  });

  test("what is remembered is so for the rule's window", async () => {
    const { memory, advance } = counting();
    expect(await memory.remembers(rule, "a")).toBe(false);
    await memory.remember(rule, "a");
    advance(59_999);
    expect(await memory.remembers(rule, "a")).toBe(true);
    advance(1);
    expect(await memory.remembers(rule, "a")).toBe(false);
  });

  test("a flood of keys is bounded, and doesn't displace a key that is being counted", async () => {
    const { memory } = counting(100);
    for (let n = 0; n < 10_000; n++) {
      await memory.count(rule, `flood ${n}`);
      if (n % 40 === 0) await memory.count(rule, "guessed");
    }
    expect(memory.size()).toBeLessThanOrEqual(100);
    expect((await memory.count(rule, "guessed")).allowed).toBe(false);
  });
});
