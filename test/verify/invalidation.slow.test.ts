import { expect, test } from "bun:test";
import { createLog } from "../../src/ops/log.ts";
import type { Tag } from "../../src/verify/cache.ts";
import { type Invalidation, openInvalidation } from "../../src/verify/invalidation.ts";
import { lasting, until } from "../harness/time.ts";

/** A channel in the test's hand: what is sent over it comes back at once, or when the test lets it. */
function channel() {
  const dropped: Tag[] = [];
  const logged: string[] = [];
  const state = { cleared: 0, opened: 0, closed: 0, refusing: false, deaf: false, held: null as string[] | null };
  let hear: (payload: string) => void = () => {};
  let lost: () => void = () => {};
  const deliver = (payload: string) => {
    if (state.deaf) return;
    if (state.held) state.held.push(payload);
    else hear(payload);
  };
  const invalidation: Invalidation = openInvalidation({
    listen: async (_channel, heard, broken) => {
      if (state.refusing) throw new Error("nobody is there");
      state.opened++;
      let over = false;
      hear = (payload) => over || heard(payload);
      lost = () => {
        if (over) return;
        over = true;
        broken();
      };
      return { query: async () => [], close: async () => void ((over = true), state.closed++) };
    },
    announce: async (_channel, payload) => deliver(payload),
    beats: null,
    drop: (tag) => void dropped.push(tag),
    clear: () => void state.cleared++,
    log: createLog("info", { write: (line) => void logged.push(line) }),
  });
  return {
    invalidation,
    state,
    dropped,
    logged,
    say: (payload: string) => deliver(payload),
    cut: () => lost(),
    release: () => {
      const kept = state.held ?? [];
      state.held = null;
      for (const payload of kept) deliver(payload);
    },
  };
}

test("nothing is trusted before the first beat is back", async () => {
  const { invalidation } = channel();
  expect(invalidation.trusted()).toBe(false);
  await until(() => invalidation.trusted());
  await invalidation.close();
  expect(invalidation.trusted()).toBe(false);
});

test("what was read before a change that concerns it isn't kept; what was read after it is", async () => {
  const { invalidation, say, dropped } = channel();
  await until(() => invalidation.trusted());
  const before = invalidation.mark();
  say("user:1");
  expect(invalidation.unchangedSince(before, ["session:9", "user:1"])).toBe(false);
  expect(invalidation.unchangedSince(before, ["session:9", "user:2"])).toBe(true);
  expect(invalidation.unchangedSince(invalidation.mark(), ["session:9", "user:1"])).toBe(true);
  expect(dropped).toEqual(["user:1"]);
  await invalidation.close();
});

test("more changes than are remembered: nothing read before them is kept", async () => {
  const { invalidation, say } = channel();
  await until(() => invalidation.trusted());
  const before = invalidation.mark();
  for (let n = 0; n < 5_000; n++) say(`user:${n}`);
  expect(invalidation.unchangedSince(before, ["user:none"])).toBe(false);
  expect(invalidation.unchangedSince(invalidation.mark(), ["user:none"])).toBe(true);
  await invalidation.close();
});

test("a truncated table empties the cache, and what is being read meanwhile isn't kept", async () => {
  const { invalidation, say, state } = channel();
  await until(() => invalidation.trusted());
  const [before, { cleared }] = [invalidation.mark(), { ...state }];
  say("all:*");
  expect(state.cleared).toBe(cleared + 1);
  expect(invalidation.unchangedSince(before, ["user:1"])).toBe(false);
  await invalidation.close();
});

test("beats that stay out end the trust, and a late one brings it back with what came before it", async () => {
  const { invalidation, say, state, release, dropped } = channel();
  await until(() => invalidation.trusted());
  state.held = [];
  say("user:1");
  await until(() => !invalidation.trusted());
  release();
  expect(dropped).toEqual(["user:1"]);
  await until(() => invalidation.trusted());
  expect(state.opened).toBe(1);
  await invalidation.close();
});

test("a beat proves what was committed before it was sent, not before it came back", async () => {
  const { invalidation, state, release } = channel();
  await until(() => invalidation.trusted());
  state.held = [];
  await until(() => (state.held?.length ?? 0) > 0);
  await lasting(850);
  // All that comes back was sent long ago but for the last ones.
  state.held = state.held?.slice(0, 1) ?? [];
  release();
  expect(invalidation.trusted()).toBe(false);
  await invalidation.close();
});

test("a lost connection ends the trust at once, and a new one begins with an empty cache", async () => {
  const { invalidation, state, cut, logged } = channel();
  await until(() => invalidation.trusted());
  const [before, { cleared }] = [invalidation.mark(), { ...state }];
  cut();
  expect(invalidation.trusted()).toBe(false);
  await until(() => invalidation.trusted());
  expect(state.opened).toBe(2);
  expect(state.cleared).toBeGreaterThan(cleared);
  expect(invalidation.unchangedSince(before, ["user:1"])).toBe(false);
  expect(logged.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(["warn", "info"]);
  await invalidation.close();
});

test("an outage is logged once, however often the connection is tried", async () => {
  const { invalidation, state, cut, logged } = channel();
  await until(() => invalidation.trusted());
  state.refusing = true;
  cut();
  await lasting(900);
  expect(logged.length).toBe(1);
  state.refusing = false;
  await until(() => invalidation.trusted());
  expect(logged.length).toBe(2);
  await invalidation.close();
});

test("a connection that takes beats and hears none is given up for a new one", async () => {
  const { invalidation, state } = channel();
  await until(() => invalidation.trusted());
  state.deaf = true;
  await until(() => state.closed === 1);
  state.deaf = false;
  await until(() => invalidation.trusted());
  expect(state.opened).toBe(2);
  await invalidation.close();
});

test("behind a fence nothing is trusted until a beat that was sent after it is back", async () => {
  const { invalidation, state, release } = channel();
  await until(() => invalidation.trusted());
  state.held = [];
  invalidation.fence();
  expect(invalidation.trusted()).toBe(false);
  await until(() => (state.held?.length ?? 0) > 0);
  // With that one, and not with one of the beats that follow.
  release();
  expect(invalidation.trusted()).toBe(true);
  await invalidation.close();
});

test("another replica's echoes prove nothing here", async () => {
  const { invalidation, state, say } = channel();
  await until(() => invalidation.trusted());
  state.held = [];
  await until(() => !invalidation.trusted());
  state.held = null;
  say(`echo:${Bun.randomUUIDv7()}`);
  expect(invalidation.trusted()).toBe(false);
  await invalidation.close();
});
