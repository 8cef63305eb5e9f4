import type { Handler } from "./handler.ts";
import type { Taken } from "./store.ts";

/** Jobs of one kind that one process takes at once at most, beyond those that it does. */
const aheadMost = 200;
/** What was taken is done within about so long, or less is taken at once. Milliseconds. */
const horizonMs = 1_000;
/** What was taken longer ago isn't begun any more, since it would be taken for lost before it ends. */
const staleMs = 20_000;

type Waiting = { job: Taken; takenAt: number };

/** Work of one kind in one process: what was taken waits here for a slot. Instants are of the monotonic clock. */
export type Lane = {
  /** How many to take now. */
  wants(): number;
  /** There may be more to take than was known. */
  wake(): void;
  /** Adds what was taken, of so many that were asked for. */
  add(jobs: readonly Taken[], asked: number, now: number): void;
  /** What to begin now, in the free slots, and what has waited for too long to be begun. */
  next(now: number): { begun: readonly Taken[]; stale: readonly Taken[] };
  /** A job that was begun has ended. */
  ended(): void;
  /** Gives away all that waits. */
  clear(): readonly Taken[];
};

/**
 * Takes ahead as much as is done in about a second, so that quick work doesn't wait for a statement each, and slow work
 * is left to who is free.
 */
export function openLane({ slots }: Pick<Handler, "slots">): Lane {
  let waiting: Waiting[] = [];
  let running = 0;
  let ahead = 0;
  let more = true;
  let full = false;
  let takenAt = -Infinity;
  return {
    wants: () => (more && waiting.length === 0 && running < slots ? slots - running + ahead : 0),
    wake() {
      more = true;
    },
    add(jobs, asked, now) {
      // The last ones were done by now, all of them: it asks when none waits.
      if (full) ahead = now - takenAt < horizonMs ? Math.min(aheadMost, Math.max(slots, ahead * 2)) : ahead >> 1;
      takenAt = now;
      full = jobs.length === asked;
      more = full;
      waiting.push(...jobs.map((job) => ({ job, takenAt: now })));
    },
    next(now) {
      const stale = waiting.filter((one) => now - one.takenAt > staleMs);
      const fresh = waiting.filter((one) => now - one.takenAt <= staleMs);
      const begun = fresh.slice(0, slots - running);
      waiting = fresh.slice(begun.length);
      running += begun.length;
      if (stale.length > 0) [more, ahead] = [true, 0];
      return { begun: begun.map(({ job }) => job), stale: stale.map(({ job }) => job) };
    },
    ended() {
      running--;
    },
    clear() {
      const jobs = waiting.map(({ job }) => job);
      waiting = [];
      return jobs;
    },
  };
}
