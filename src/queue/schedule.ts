import type { Logger } from "../ops/log.ts";
import { maintain, type Ports } from "./maintenance.ts";

const BATCH = 500;

type Deps = Ports & { log: Logger; config: { retention: { trashDays: number; anonymousDays: number } } };

/**
 * Runs maintenance every `everyMs` milliseconds after the last run has ended, until it is stopped. A failed run is
 * logged and followed by the next. Every replica may do so: of those that run at once, one works.
 *
 * @returns `stop`, which resolves when a run under way has finished its batch.
 */
export function startMaintenance(deps: Deps, everyMs: number): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let timer: Timer;
  let running: Promise<void> = Promise.resolve();
  const run = async () => {
    try {
      const { trashDays: trashRetentionDays, anonymousDays: anonymousRetentionDays } = deps.config.retention;
      const options = { trashRetentionDays, anonymousRetentionDays, batch: BATCH, signal: stopping.signal };
      const { purged, expired, yielded } = await maintain(deps, options);
      deps.log.info({ ...purged, ...expired, yielded }, "maintenance");
    } catch (err) {
      deps.log.error({ err }, "maintenance failed");
    }
    if (!stopping.signal.aborted) wait();
  };
  const wait = () => {
    timer = setTimeout(() => {
      running = run();
    }, everyMs);
    timer.unref();
  };
  wait();
  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
