import type { Clock } from "../core/clock.ts";
import { Hopeless } from "../core/hopeless.ts";
import type { Database, Listener } from "../db/types.ts";
import type { Logger } from "../ops/log.ts";
import { nextTry } from "./backoff.ts";
import type { Handler } from "./handler.ts";
import { placeOf } from "./queue.ts";
import type { Sealer } from "./seal.ts";
import { jobStore, type Taken } from "./store.ts";
import { sayable } from "./sayable.ts";

/** Does what is queued. Any number of processes may, each with one. */
export type Worker = {
  /** Begins to do what is due, woken by each commit that queues something. */
  start(): void;
  /** Does what is due now, with what it queues in turn, whether started or not. */
  drain(): Promise<void>;
  /** Does what is due for at most 5 s more, then leaves the rest to others. */
  stop(): Promise<void>;
};

type Ports = {
  database: Pick<Database, "statement" | "listen">;
  clock: Clock;
  log: Logger;
  sealer: Sealer;
  handlers: readonly Handler[];
};

export const channel = "gatehouse_job";

// What a wake-up misses (a connection that was away, a try that is due again) waits at most so long.
const pollMs = 5_000;
/** How long one run may take; and after how long it is taken for lost, since its process was killed. */
const [runMs, lostMs] = [30_000, 60_000];
const patienceMs = 5_000;

export function openWorker({ database, clock, log, sealer, handlers }: Ports): Worker {
  const store = jobStore(database);
  const byKind = new Map(handlers.map((handler) => [handler.kind, handler]));
  const running = new Map<Promise<void>, string>();
  let listener: Promise<Listener | undefined> | undefined;
  let timer: Timer | undefined;
  let ended = false;
  let troubled = false;

  const free = (): Map<string, number> => {
    const slots = new Map(handlers.map(({ kind, slots }) => [kind, slots]));
    for (const kind of running.values()) slots.set(kind, (slots.get(kind) ?? 0) - 1);
    return new Map([...slots].filter(([, count]) => count > 0));
  };

  const run = async (job: Taken): Promise<void> => {
    let payload: unknown;
    if (job.expiresAt !== null && job.expiresAt <= clock()) {
      const { id, kind, expiresAt } = job;
      log.warn({ job: id, kind, expiresAt }, "a job came too late and was dropped");
      return store.end({ job, error: null, retryAt: null }, clock());
    }
    try {
      payload = opened(sealer, job);
      await inTime((signal) => byKind.get(job.kind)?.handle(payload, { id: job.id, signal }));
    } catch (err) {
      const { id, kind, attempt } = job;
      const error = sayable(err, payload);
      const retryAt = err instanceof Hopeless ? null : nextTry(attempt, clock());
      if (retryAt) log.warn({ job: id, kind, attempt, error, retryAt }, "a job failed");
      else log.error({ job: id, kind, attempt, error }, "a job was given up");
      return store.end({ job, error, retryAt }, clock());
    }
    await store.end({ job, error: null, retryAt: null }, clock());
  };

  /** Takes what is due and begins it. @returns what was begun. */
  const begin = async (): Promise<Promise<void>[]> => {
    const slots = free();
    if (ended || slots.size === 0) return [];
    const now = clock();
    const taken = await store.take(slots, now, new Date(now.getTime() + lostMs));
    return taken.map((job) => {
      const begun: Promise<void> = run(job)
        // It is taken for lost, and done again.
        .catch((err: unknown) => log.error({ err, job: job.id, kind: job.kind }, "a job's end could not be recorded"))
        .finally(() => running.delete(begun));
      running.set(begun, job.kind);
      return begun;
    });
  };

  const pump = oneAtATime(async () => {
    try {
      for (const begun of await begin()) begun.finally(pump).catch(() => {});
      troubled = false;
    } catch (err) {
      if (!troubled) log.warn({ err }, "what is queued can't be read; it waits");
      troubled = true;
    }
  });

  const listen = () => {
    listener ??= database
      .listen(channel, pump, () => (listener = undefined))
      .then((opened) => {
        pump();
        return opened;
      })
      .catch((err: unknown) => {
        listener = undefined;
        if (!troubled) log.warn({ err }, "the queue isn't listened to; it is looked at every five seconds");
        return undefined;
      });
  };

  const drain = async (): Promise<void> => {
    while ((await begin()).length > 0 || running.size > 0) await Promise.all(running.keys());
  };

  return {
    start() {
      const beat = () => {
        listen();
        pump();
      };
      timer ??= setInterval(beat, pollMs);
      beat();
    },
    drain,
    async stop() {
      if (ended || timer === undefined) return;
      clearInterval(timer);
      const patience = Promise.withResolvers<void>();
      const late = setTimeout(patience.resolve, patienceMs);
      await Promise.race([drain().catch(() => {}), patience.promise]);
      clearTimeout(late);
      ended = true;
      await (await listener)?.close();
    },
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

/** Runs `work`, which never rejects, unless it is under way; and once more after it where it was asked for meanwhile. */
function oneAtATime(work: () => Promise<void>): () => void {
  let [busy, again] = [false, false];
  const run = async (): Promise<void> => {
    busy = true;
    do {
      again = false;
      await work();
    } while (again);
    busy = false;
  };
  return () => {
    if (busy) again = true;
    else run().catch(() => {});
  };
}
