import type { Clock } from "../core/clock.ts";
import type { Database, Listener } from "../db/types.ts";
import type { Logger } from "../ops/log.ts";
import type { Handler } from "./handler.ts";
import type { Sealer } from "./seal.ts";
import { openLane } from "./lane.ts";
import { runner } from "./run.ts";
import { jobStore, type Taken } from "./store.ts";

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
/** After how long a run is taken for lost, since its process was killed: twice as long as one may take. */
const lostMs = 60_000;
const [patienceMs, putBackMs] = [5_000, 1_000];

export function openWorker({ database, clock, log, sealer, handlers }: Ports): Worker {
  const store = jobStore(database);
  const done = runner({ clock, log, sealer });
  const lanes = new Map(handlers.map((handler) => [handler.kind, { ...openLane(handler), handler }]));
  const running = new Set<Promise<void>>();
  let listener: Promise<Listener | undefined> | undefined;
  let timer: Timer | undefined;
  let [woken, ended] = [false, false];
  let lastTake: Promise<unknown> = Promise.resolve();
  let troubled = false;

  /** Does a job and records how it ended. @param free is called when its slot is free. */
  const run = async (job: Taken, free: () => void): Promise<void> => {
    const ending = await done(job, lanes.get(job.kind)?.handler);
    free();
    begin();
    pump();
    await store.end(ending, clock());
  };

  /** An end that can't be recorded is taken for lost, and the job is done again. */
  const settled = (job: Taken, end: Promise<void>): Promise<void> =>
    end.catch((err: unknown) => log.error({ err, job: job.id, kind: job.kind }, "a job's end could not be recorded"));

  const putBack = (jobs: readonly Taken[]): Promise<unknown> => {
    const now = clock();
    return Promise.all(jobs.map((job) => settled(job, store.end({ job, error: null, retryAt: now }, now))));
  };

  const putBackAll = () => putBack([...lanes.values()].flatMap((lane) => lane.clear()));

  /** Begins what waits here, as far as there are free slots. */
  const begin = (): void => {
    if (ended) return;
    for (const lane of lanes.values()) {
      const { begun, stale } = lane.next(performance.now());
      if (stale.length > 0) putBack(stale).then(pump, () => {});
      for (const job of begun) {
        const going: Promise<void> = settled(
          job,
          run(job, () => lane.ended()),
        ).finally(() => running.delete(going));
        running.add(going);
      }
    }
  };

  const takeDue = async (): Promise<number> => {
    const wanted = [...lanes].map(([kind, lane]) => [kind, lane.wants()] as const);
    const asked = new Map(wanted.filter(([, count]) => count > 0));
    if (ended || asked.size === 0) return 0;
    const now = clock();
    const taken = await store.take(asked, now, new Date(now.getTime() + lostMs));
    const jobs = Map.groupBy(taken, ({ kind }) => kind);
    for (const [kind, count] of asked) lanes.get(kind)?.add(jobs.get(kind) ?? [], count, performance.now());
    if (ended) await putBackAll();
    begin();
    return taken.length;
  };

  /**
   * Takes what is due, as far as it can be begun soon. One at a time: two would skip what the other has locked.
   *
   * @returns how much.
   */
  const take = (): Promise<number> => {
    const taken = lastTake.then(takeDue, takeDue);
    lastTake = taken;
    return taken;
  };

  const wakeAll = (): void => {
    for (const lane of lanes.values()) lane.wake();
  };

  const pump = oneAtATime(async () => {
    try {
      // Not as it is woken: what commits while a statement is under way isn't in what that takes.
      if (woken) wakeAll();
      woken = false;
      begin();
      await take();
      troubled = false;
    } catch (err) {
      if (!troubled) log.warn({ err }, "what is queued can't be read; it waits");
      troubled = true;
    }
  });

  const wake = (): void => {
    woken = true;
    pump();
  };

  const listen = () => {
    listener ??= database
      .listen(channel, wake, () => (listener = undefined))
      .then((opened) => {
        wake();
        return opened;
      })
      .catch((err: unknown) => {
        listener = undefined;
        if (!troubled) log.warn({ err }, "the queue isn't listened to; it is looked at every five seconds");
        return undefined;
      });
  };

  const drain = async (): Promise<void> => {
    do {
      wakeAll();
      begin();
    } while ((await take()) > 0 || (await Promise.all(running)).length > 0);
  };

  return {
    start() {
      const beat = () => {
        listen();
        wake();
      };
      timer ??= setInterval(beat, pollMs);
      beat();
    },
    drain,
    async stop() {
      if (ended || timer === undefined) return;
      clearInterval(timer);
      await within(patienceMs, drain());
      ended = true;
      await within(putBackMs, putBackAll());
      await (await listener)?.close();
    },
  };
}

/** Waits for work for so long, however it ends. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, ms);
  await Promise.race([work.catch(() => {}), over.promise]);
  clearTimeout(timer);
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
