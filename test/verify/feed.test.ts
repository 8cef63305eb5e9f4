import { expect, setDefaultTimeout, test } from "bun:test";
import { createLog } from "../../src/core/log.ts";
import type { Tag } from "../../src/verify/cache.ts";
import { type Feed, openFeed } from "../../src/verify/feed.ts";
import { lasting } from "../harness/time.ts";

// Processes and databases start here, on machines that are shared.
setDefaultTimeout(60_000);

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
  const feed: Feed = openFeed({
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
      return { notify: async (payload) => deliver(payload), close: async () => void ((over = true), state.closed++) };
    },
    drop: (tag) => void dropped.push(tag),
    clear: () => void state.cleared++,
    log: createLog("info", { write: (line) => void logged.push(line) }),
  });
  return {
    feed,
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

async function until(holds: () => boolean, withinMs = 5_000): Promise<void> {
  for (const deadline = performance.now() + withinMs; !holds(); await Bun.sleep(5))
    if (performance.now() > deadline) throw new Error(`it didn't come about within ${withinMs} ms`);
}

test("nothing is trusted before the first beat is back", async () => {
  const { feed } = channel();
  expect(feed.trusted()).toBe(false);
  await until(() => feed.trusted());
  await feed.close();
  expect(feed.trusted()).toBe(false);
});

test("what was read before a change that concerns it isn't kept; what was read after it is", async () => {
  const { feed, say, dropped } = channel();
  await until(() => feed.trusted());
  const before = feed.mark();
  say("user:1");
  expect(feed.unchangedSince(before, ["session:9", "user:1"])).toBe(false);
  expect(feed.unchangedSince(before, ["session:9", "user:2"])).toBe(true);
  expect(feed.unchangedSince(feed.mark(), ["session:9", "user:1"])).toBe(true);
  expect(dropped).toEqual(["user:1"]);
  await feed.close();
});

test("more changes than are remembered: nothing read before them is kept", async () => {
  const { feed, say } = channel();
  await until(() => feed.trusted());
  const before = feed.mark();
  for (let n = 0; n < 5_000; n++) say(`user:${n}`);
  expect(feed.unchangedSince(before, ["user:none"])).toBe(false);
  expect(feed.unchangedSince(feed.mark(), ["user:none"])).toBe(true);
  await feed.close();
});

test("a truncated table empties the cache, and what is being read meanwhile isn't kept", async () => {
  const { feed, say, state } = channel();
  await until(() => feed.trusted());
  const [before, { cleared }] = [feed.mark(), { ...state }];
  say("all:*");
  expect(state.cleared).toBe(cleared + 1);
  expect(feed.unchangedSince(before, ["user:1"])).toBe(false);
  await feed.close();
});

test("beats that stay out end the trust within a second, and a late one brings it back with what came before it", async () => {
  const { feed, say, state, release, dropped } = channel();
  await until(() => feed.trusted());
  state.held = [];
  say("user:1");
  const started = performance.now();
  await until(() => !feed.trusted(), 1_000);
  expect(performance.now() - started).toBeLessThan(1_000);
  release();
  expect(dropped).toEqual(["user:1"]);
  await until(() => feed.trusted());
  expect(state.opened).toBe(1);
  await feed.close();
});

test("a beat proves what was committed before it was sent, not before it came back", async () => {
  const { feed, state, release } = channel();
  await until(() => feed.trusted());
  state.held = [];
  await until(() => (state.held?.length ?? 0) > 0);
  await lasting(850);
  // All that comes back was sent long ago but for the last ones.
  state.held = state.held?.slice(0, 1) ?? [];
  release();
  expect(feed.trusted()).toBe(false);
  await feed.close();
});

test("a lost connection ends the trust at once, and a new one begins with an empty cache", async () => {
  const { feed, state, cut, logged } = channel();
  await until(() => feed.trusted());
  const [before, { cleared }] = [feed.mark(), { ...state }];
  cut();
  expect(feed.trusted()).toBe(false);
  await until(() => feed.trusted());
  expect(state.opened).toBe(2);
  expect(state.cleared).toBeGreaterThan(cleared);
  expect(feed.unchangedSince(before, ["user:1"])).toBe(false);
  expect(logged.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(["warn", "info"]);
  await feed.close();
});

test("a database that is away is told once, however often it is tried", async () => {
  const { feed, state, cut, logged } = channel();
  await until(() => feed.trusted());
  state.refusing = true;
  cut();
  await lasting(900);
  expect(logged.length).toBe(1);
  state.refusing = false;
  await until(() => feed.trusted());
  expect(logged.length).toBe(2);
  await feed.close();
});

test("a connection that takes beats and hears none is given up for a new one", async () => {
  const { feed, state } = channel();
  await until(() => feed.trusted());
  state.deaf = true;
  await until(() => state.closed === 1);
  state.deaf = false;
  await until(() => feed.trusted());
  expect(state.opened).toBe(2);
  await feed.close();
});

test("behind a fence nothing is trusted until a beat that was sent after it is back", async () => {
  const { feed, state, release } = channel();
  await until(() => feed.trusted());
  state.held = [];
  feed.fence();
  expect(feed.trusted()).toBe(false);
  await until(() => (state.held?.length ?? 0) > 0);
  const started = performance.now();
  release();
  await until(() => feed.trusted());
  expect(performance.now() - started).toBeLessThan(100);
  await feed.close();
});

test("another replica's beats prove nothing here", async () => {
  const { feed, state, say } = channel();
  await until(() => feed.trusted());
  state.held = [];
  await until(() => !feed.trusted());
  state.held = null;
  say(`beat:${Bun.randomUUIDv7()}:${Bun.randomUUIDv7()}`);
  expect(feed.trusted()).toBe(false);
  await feed.close();
});
