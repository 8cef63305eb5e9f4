import { expect, test } from "bun:test";
import { type Tag, TaggedCache } from "../../src/verify/cache.ts";

const filled = (limit: number, count: number) => {
  const cache = new TaggedCache<number>(limit);
  for (let n = 0; n < count; n++) cache.set(`key${n}`, n, [`session:${n}`, `user:${n % 3}`], 1_000);
  return cache;
};

test("a tag drops all that it decides about, and nothing else", () => {
  const cache = filled(10, 6);
  cache.drop("user:1");
  expect([0, 1, 2, 3, 4, 5].map((n) => cache.get(`key${n}`, 0))).toEqual([0, undefined, 2, 3, undefined, 5]);
  cache.drop("session:0");
  expect(cache.get("key0", 0)).toBeUndefined();
  expect(cache.size).toBe(3);
});

test("an entry ends with its time", () => {
  const cache = filled(10, 1);
  expect(cache.get("key0", 999)).toBe(0);
  expect(cache.get("key0", 1_000)).toBeUndefined();
  expect(cache.size).toBe(0);
});

test("it never holds more than its limit, and what is used outlives what isn't", () => {
  const cache = filled(3, 3);
  cache.get("key0", 0);
  cache.get("key2", 0);
  for (let n = 3; n < 5; n++) {
    cache.set(`key${n}`, n, [`session:${n}`], 1_000);
    cache.get("key0", 0);
    expect(cache.size).toBe(3);
  }
  expect(cache.get("key1", 0)).toBeUndefined();
  expect(cache.get("key0", 0)).toBe(0);
});

test("it never holds more bytes than its limit, and what is larger by itself isn't kept", () => {
  const cache = new TaggedCache<number>(1_000, 10_000, (bytes) => bytes);
  for (let n = 0; n < 50; n++) {
    cache.set(`key${n}`, 1_000 + n, [`user:${n}`], 1_000);
    expect(cache.bytes).toBeLessThanOrEqual(10_000);
  }
  expect(cache.size).toBe(6);
  cache.set("large", 10_000, ["user:1"], 1_000);
  expect([cache.get("large", 0), cache.size]).toEqual([undefined, 6]);
  for (let n = 0; n < 50; n++) cache.drop(`user:${n}`);
  expect([cache.bytes, cache.size]).toEqual([0, 0]);
});

test("sweeping removes what nobody asks for again", () => {
  const cache = filled(10, 3);
  cache.set("later", 3, ["user:9"], 2_000);
  cache.sweep(1_000);
  expect([cache.size, cache.get("later", 1_000)]).toEqual([1, 3]);
});

test("an entry that is set again answers to its new tags only", () => {
  const cache = new TaggedCache<string>(10);
  cache.set("key", "old", ["user:1"], 1_000);
  cache.set("key", "new", ["user:2"], 1_000);
  cache.drop("user:1");
  expect(cache.get("key", 0)).toBe("new");
  cache.drop("user:2");
  expect(cache.get("key", 0)).toBeUndefined();
});

test("whatever is done to it, dropping every tag leaves it empty", () => {
  const cache = new TaggedCache<number>(50);
  const random = (n: number) => Math.floor(Math.random() * n);
  const tags = Array.from({ length: 20 }, (_, n): Tag => `user:${n}`);
  for (let n = 0; n < 5_000; n++) {
    const [tag = "user:0", other = "user:0"] = [tags[random(20)], tags[random(20)]];
    if (random(10) === 0) cache.drop(tag);
    else if (random(3) === 0) cache.get(`key${random(80)}`, random(1_200));
    else cache.set(`key${random(80)}`, n, [tag, other], 1_000 + random(300));
    expect(cache.size).toBeLessThanOrEqual(50);
  }
  for (const tag of tags) cache.drop(tag);
  expect(cache.size).toBe(0);
});
