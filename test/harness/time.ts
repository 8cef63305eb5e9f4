/**
 * Lets a time pass that is itself what is tested: how long a fault lasts, or for how long nothing may happen. Whatever
 * is to come about is waited for by asking.
 *
 * @param ms milliseconds.
 */
export const lasting = (ms: number): Promise<void> => Bun.sleep(ms);

/** This process stands still: no timer, no answer, nothing. @param ms milliseconds. */
export const standStill = (ms: number): void => Bun.sleepSync(ms);

/** A breath between two questions, so that asking leaves time for the answer. @param ms milliseconds. */
export const betweenAsks = (ms: number): Promise<void> => Bun.sleep(ms);

/** Far more than a busy machine needs, and less than the minute after which what is kept in memory ends by itself. */
const patienceMs = 30_000;

/** Asks until `holds` says so. Throws where it never does: how soon it does is no test's claim. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + patienceMs; !(await holds()); await betweenAsks(2))
    if (performance.now() > deadline) throw new Error(`it didn't come about: ${holds.toString()}`);
}
