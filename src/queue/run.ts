import type { Clock } from "../core/clock.ts";
import { Hopeless } from "../core/hopeless.ts";
import type { Logger } from "../ops/log.ts";
import { nextTry } from "./backoff.ts";
import type { Handler } from "./handler.ts";
import { placeOf } from "./queue.ts";
import { sayable } from "./sayable.ts";
import type { Sealer } from "./seal.ts";
import type { Ending, Taken } from "./store.ts";

/** How long one run may take, in milliseconds. */
const runMs = 30_000;

type Ports = { clock: Clock; log: Logger; sealer: Sealer };

/** What does a job by its kind's handler. It never rejects: how the job ended is what it answers. */
export function runner({ clock, log, sealer }: Ports): (job: Taken, handler: Handler | undefined) => Promise<Ending> {
  return async (job, handler) => {
    const { id, kind, attempt, expiresAt } = job;
    let payload: unknown;
    try {
      if (expiresAt !== null && expiresAt <= clock()) {
        log.warn({ job: id, kind, expiresAt }, "a job came too late and was dropped");
      } else {
        payload = opened(sealer, job);
        await inTime((signal) => handler?.handle(payload, { id, signal }));
      }
      return { job, error: null, retryAt: null };
    } catch (err) {
      const error = sayable(err, payload);
      const retryAt = err instanceof Hopeless ? null : nextTry(attempt, clock());
      if (retryAt) log.warn({ job: id, kind, attempt, error, retryAt }, "a job failed");
      else log.error({ job: id, kind, attempt, error }, "a job was given up");
      return { job, error, retryAt };
    }
  };
}

/** @throws Hopeless for what was sealed by another secret. */
function opened(sealer: Sealer, { payload, kind, id }: Taken): unknown {
  try {
    return JSON.parse(sealer.open(payload, placeOf(kind, id)));
  } catch {
    throw new Hopeless("AUTH_SECRET isn't the one that it was queued with");
  }
}

/** @throws what `work` throws, or that it took too long; it goes on then, unless it heeds the signal. */
async function inTime(work: (signal: AbortSignal) => Promise<void> | undefined): Promise<void> {
  const over = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    over.abort();
    late.reject(new Error(`it took longer than ${runMs / 1000} s`));
  }, runMs);
  try {
    await Promise.race([work(over.signal), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
