/** How fast work in batches goes. */
export type Pace = {
  /** Rows in one transaction at most. */
  batch: number;
  /** Ends the work between two batches. */
  signal?: AbortSignal | undefined;
};

/** What a batch may take, in milliseconds: who shares the connection or a row's lock waits as long. */
const enoughMs = 15;

/** Rows of a batch at least, where it may have as many: with fewer, most of the time would go into transactions. */
const least = 20;

/** Rows of the first batch, where it may have as many: what goes with a row isn't known before. */
const first = 50;

/**
 * Finds how many rows a batch may have: half as many after one that took too long, twice as many after one that took
 * less than half of that. It rests after each for as long as it took, so that at most half of the time is its own.
 */
export function openPace({ batch }: Pick<Pace, "batch">) {
  let size = Math.min(first, batch);
  return {
    limit: (): number => size,
    async timed<T>(work: () => Promise<T>): Promise<T> {
      const began = performance.now();
      const result = await work();
      const took = performance.now() - began;
      if (took > enoughMs) size = Math.max(Math.min(least, batch), Math.floor(size / 2));
      else if (took < enoughMs / 2) size = Math.min(batch, size * 2);
      await Bun.sleep(took);
      return result;
    },
  };
}
