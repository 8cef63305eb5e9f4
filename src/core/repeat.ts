/**
 * Does `work` again and again, each time `everyMs` milliseconds after the last has ended, until it is stopped. It keeps
 * no process alive.
 *
 * @param work sees by `signal` that it is to end soon; says itself what failed, and never throws.
 * @param firstMs milliseconds until the first time.
 * @returns `stop`, which resolves when a run under way has ended.
 */
export function repeat(
  work: (signal: AbortSignal) => Promise<void>,
  everyMs: number,
  firstMs = everyMs,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let timer: Timer | undefined;
  let running: Promise<void> = Promise.resolve();
  const run = async () => {
    await work(stopping.signal);
    if (!stopping.signal.aborted) wait(everyMs);
  };
  const wait = (ms: number) => {
    timer = setTimeout(() => {
      running = run();
    }, ms);
    timer.unref();
  };
  wait(firstMs);
  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
