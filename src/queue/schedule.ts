import { repeat } from "../core/repeat.ts";
import type { Retention } from "../core/retention.ts";
import { headKey } from "../history/head.ts";
import { openPlace } from "../history/place.ts";
import { publishHead } from "../history/publish.ts";
import type { Logger } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";
import { maintain, type Ports } from "./maintenance.ts";

const BATCH = 500;

type Deps = Ports & {
  log: Logger;
  metrics: Pick<Metrics, "maintained">;
  secret: string;
  config: {
    server: { baseUrl: string };
    retention: { trashDays: number; days: Retention };
    history: { to: string | undefined };
  };
};

/**
 * Runs maintenance every `everyMs` milliseconds after the last run has ended, until it is stopped. A failed run is
 * logged and followed by the next. Every replica may do so: of those that run at once, one works.
 *
 * @returns `stop`, which resolves when a run under way has finished its batch.
 */
export function startMaintenance(deps: Deps, everyMs: number): { stop(): Promise<void> } {
  const { retention } = deps.config;
  const publish = publisher(deps);
  return repeat(async (signal) => {
    const began = performance.now();
    try {
      const kept = { trashRetentionDays: retention.trashDays, retention: retention.days };
      const { purged, expired, yielded } = await maintain(deps, { ...kept, batch: BATCH, signal });
      const seconds = (performance.now() - began) / 1000;
      deps.metrics.maintained({ ...purged, ...expired }, yielded ? null : seconds);
      deps.log.info({ ...purged, ...expired, yielded, seconds: Math.round(seconds * 10) / 10 }, "maintenance");
      if (!yielded) await publish();
    } catch (err) {
      deps.log.error({ err }, "maintenance failed");
    }
  }, everyMs);
}

/** Publishes the history's head where the settings say, when it has moved. */
function publisher({ config, database, secret }: Deps): () => Promise<void> {
  const { to } = config.history;
  if (to === undefined) return async () => {};
  const ports = { database, place: openPlace(to), key: headKey(secret) };
  let last = 0;
  return async () => {
    last = await publishHead(ports, config.server.baseUrl, last);
  };
}
