const firstMs = 5_000;
const longestMs = 3_600_000;
/** About a day. */
const most = 30;

/**
 * When a job that has failed is tried again: after 5 s, 15 s, 45 s and so on up to an hour, each up to a fifth sooner
 * or later, so that what failed together isn't tried together.
 *
 * @param attempt which try failed, from 1.
 * @param random from 0 to 1.
 * @returns null after the last one.
 */
export function nextTry(attempt: number, now: Date, random: number = Math.random()): Date | null {
  if (attempt >= most) return null;
  const ms = Math.min(longestMs, firstMs * 3 ** (attempt - 1));
  return new Date(now.getTime() + Math.round(ms * (0.8 + 0.4 * random)));
}
