/**
 * Lets a time pass that is itself what is tested: how long a fault lasts, or for how long nothing may happen. Whatever
 * is to come about is waited for by asking.
 *
 * @param ms milliseconds.
 */
export const lasting = (ms: number): Promise<void> => Bun.sleep(ms);

/** A breath between two questions, so that asking leaves time for the answer. @param ms milliseconds. */
export const betweenAsks = (ms: number): Promise<void> => Bun.sleep(ms);
