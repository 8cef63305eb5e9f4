import { Unavailable } from "../core/problem.ts";

/** Lets so many tasks run at once, first come first served. A waiting task holds nothing. */
export type Queue = <T>(task: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/**
 * Opens a queue.
 *
 * @param bounds.atOnce how many tasks run at once; `bounds.waiting` more may wait.
 * @throws from the queue: 503 where no more may wait, and for a task whose signal was aborted while it waited.
 */
export function openQueue(bounds: { atOnce: number; waiting: number }): Queue {
  const waiting: (() => void)[] = [];
  let running = 0;
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else running--;
  };
  return async (task, signal) => {
    if (running < bounds.atOnce) running++;
    else if (waiting.length >= bounds.waiting) throw overloaded();
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      // A client that has hung up meanwhile isn't worth a hash.
      if (signal?.aborted) throw overloaded();
      return await task();
    } finally {
      leave();
    }
  };
}

const overloaded = () =>
  Unavailable("Too many people are signing in. Try again in a moment.", { headers: { "Retry-After": "5" } });
