import { sqlState } from "./errors.ts";

// A deadlock, a failure to serialize: PostgreSQL rolled back everything, and the same work may succeed now.
const repeatable = new Set(["40P01", "40001"]);

// Between two tries the other gets through; without a pause both may meet again and again. Milliseconds.
const pauses = [10, 20, 40, 80];

/**
 * Runs a whole transaction, or a statement that is one, and runs it again when PostgreSQL ended it for the sake of
 * another: up to five times in all, over 150 ms.
 *
 * @param work leaves nothing behind outside the database when it is rolled back.
 * @throws what the last try throws.
 */
export async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 0; ; tried++) {
    try {
      return await work();
    } catch (err) {
      const pause = pauses[tried];
      if (pause === undefined || !repeatable.has(sqlState(err) ?? "")) throw err;
      await Bun.sleep(pause);
    }
  }
}
