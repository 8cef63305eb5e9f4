import type { Logger } from "../ops/log.ts";
import { type Backfill, backfillProgress, backfillStep, gently, noteBackfills } from "./backfill.ts";
import type { Database } from "./types.ts";

const sayEveryMs = 30_000;
const afterFailureMs = 60_000;

/**
 * Does what `all` declares, one after the other, beside the requests. Every process may do so: they take turns, and go on
 * where one that was killed has stopped. A failure is logged, and tried again a minute later.
 *
 * @returns `stop`, which resolves when a batch under way is committed.
 */
export function startBackfills(
  { database, log }: { database: Database; log: Logger },
  all: readonly Backfill[],
  pace = gently,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      stopping.signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    });
  const say = async (it: Backfill) => {
    const [progress] = await backfillProgress(database, [it]);
    log.info(progress, "backfill");
  };
  const run = async (it: Backfill): Promise<void> => {
    await noteBackfills(database, [it]);
    for (let said = performance.now(), worked = false; !stopping.signal.aborted;) {
      const { finished, waitMs } = await backfillStep(database, it, pace);
      if (finished) return worked ? say(it) : undefined;
      worked = true;
      if (performance.now() - said > sayEveryMs) {
        said = performance.now();
        await say(it);
      }
      await pause(waitMs);
    }
  };
  const tried = async (it: Backfill): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        return await run(it);
      } catch (err) {
        log.error({ err, backfill: it.name }, "a backfill failed");
        await pause(afterFailureMs);
      }
    }
  };
  const running = (async () => {
    for (const it of all) await tried(it);
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
