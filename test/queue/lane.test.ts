import { expect, test } from "bun:test";
import { openLane } from "../../src/queue/lane.ts";
import type { Taken } from "../../src/queue/store.ts";

const jobs = (count: number): Taken[] =>
  Array.from({ length: count }, (_, n) => ({ id: `${n}`, kind: "note", payload: "", attempt: 1, expiresAt: null }));

/** Takes, begins and ends all that is asked for, in so many milliseconds. @returns how much it asked for. */
function round(lane: ReturnType<typeof openLane>, from: number, ms: number): number {
  const asked = lane.wants();
  lane.add(jobs(asked), asked, from);
  for (let at = from; at <= from + ms; at += ms / 50 || 1) for (const _ of lane.next(at).begun) lane.ended();
  while (lane.next(from + ms).begun.length > 0) for (let n = 0; n < 5; n++) lane.ended();
  return asked;
}

test("quick work is taken by hundreds, slow work by what there are slots for", () => {
  const lane = openLane({ slots: 5 });
  const quick = Array.from({ length: 9 }, (_, n) => round(lane, n * 10, 5));
  expect([quick[0], Math.max(...quick)]).toEqual([5, 205]);
  const slow = Array.from({ length: 12 }, (_, n) => round(lane, 1_000 + n * 5_000, 4_000));
  expect(slow.at(-1)).toBe(5);
});

test("nothing is asked for while what was taken waits, nor once the queue was found empty, until it wakes", () => {
  const lane = openLane({ slots: 2 });
  lane.add(jobs(4), 4, 0);
  expect([lane.next(0).begun.length, lane.wants()]).toEqual([2, 0]);
  lane.ended();
  lane.ended();
  expect([lane.next(0).begun.length, lane.wants()]).toEqual([2, 0]);
  lane.ended();
  expect(lane.wants()).toBe(1);
  lane.add([], 1, 1);
  expect(lane.wants()).toBe(0);
  lane.wake();
  expect(lane.wants()).toBeGreaterThan(0);
});

test("what has waited here for twenty seconds isn't begun, and is given back", () => {
  const lane = openLane({ slots: 1 });
  lane.add(jobs(3), 3, 0);
  expect(lane.next(0)).toMatchObject({ begun: { length: 1 }, stale: [] });
  lane.ended();
  expect(lane.next(20_001)).toMatchObject({ begun: [], stale: { length: 2 } });
  expect([lane.clear(), lane.wants()]).toEqual([[], 1]);
});
