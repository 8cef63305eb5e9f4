import { afterEach, beforeEach, expect, test } from "bun:test";
import type { Listener } from "../../src/db/types.ts";
import { type Beat, beatOf, type Beats, sharedBeats } from "../../src/verify/beat.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { betweenAsks, lasting } from "../harness/time.ts";

let fresh: FreshDatabase;
let beats: Beats;
let listener: Listener;
let heard: string[];

beforeEach(async () => {
  fresh = await freshDatabase();
  beats = sharedBeats(fresh.database);
  heard = [];
  listener = await fresh.database.listen(
    "gatehouse",
    (payload) => void heard.push(payload),
    () => {},
  );
});
afterEach(async () => {
  await listener.close();
  await fresh.dispose();
});

/** The nth beat that was heard. */
async function nth(n: number): Promise<Beat> {
  while (heard.length < n) await betweenAsks(2);
  return beatOf(heard[n - 1] ?? "") as Beat;
}

test("one sends for all, and another one when its beats are late", async () => {
  const [first, second] = [Bun.randomUUIDv7(), Bun.randomUUIDv7()];
  expect(await beats.send(listener, first)).toBe(true);
  expect(await beats.send(listener, second)).toBe(false);
  expect(await beats.send(listener, first)).toBe(true);
  await lasting(350);
  expect(await beats.send(listener, second)).toBe(true);
  expect(await beats.send(listener, first)).toBe(false);
  expect([await nth(1), await nth(2), await nth(3)]).toEqual([
    { sender: first, number: 1 },
    { sender: first, number: 2 },
    { sender: second, number: 3 },
  ]);
});

test("what is read tells a beat of this server from one of another", async () => {
  const [first, second] = [Bun.randomUUIDv7(), Bun.randomUUIDv7()];
  expect(await beats.read({ sender: first, number: 1 })).toEqual({ kind: "elsewhere" });
  await beats.send(listener, first);
  await beats.send(listener, first);
  const before = await nth(1);
  expect(await beats.read(before)).toEqual({ kind: "same", number: 2 });
  expect(await beats.read({ sender: first, number: 3 })).toEqual({ kind: "elsewhere" });
  expect(await beats.read({ sender: second, number: 2 })).toEqual({ kind: "elsewhere" });
  expect(await beats.read({ sender: second, number: 1 })).toEqual({ kind: "later" });
});
