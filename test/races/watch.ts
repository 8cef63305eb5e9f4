import { type Holder } from "../harness/holders.ts";
import type { Replica } from "../harness/replicas.ts";
import { betweenAsks } from "../harness/time.ts";

/** Answers that broke the promise, in words. */
export type Report = { asked: number; broken: string[] };

export interface Watch {
  /** Ends a holder's session by `commit`: from its acknowledgement on the session is no longer good. */
  ends(holder: Holder, commit: () => Promise<unknown>): Promise<void>;
  /** From now on, until `returned`, the database can't be asked: 503 is an answer. */
  away(): void;
  returned(): void;
  stop(): Promise<Report>;
}

/** How long after the commit a replica may still believe a session, at the very worst. */
const worstMs = 1_000;

/**
 * Asks every replica about every holder, again and again. An answer is broken when it believes a session in a request
 * that was sent more than a second after the session's end, refuses one that is good, or is a 5xx.
 */
export function watch(replicas: readonly Replica[], holders: readonly Holder[]): Watch {
  const endedAt = new Map<Holder, number>();
  const broken: string[] = [];
  let asked = 0;
  const state = { stopped: false };
  let awaySince = Infinity;
  let returnedAt = -Infinity;
  const ask = async (replica: Replica, holder: Holder, name: string): Promise<void> => {
    const sentAt = performance.now();
    const { status } = await replica.request("GET", "/v1/verify", { headers: holder.session });
    asked++;
    const ended = endedAt.get(holder);
    const late = ended === undefined ? 0 : Math.round(sentAt - ended);
    const outage = performance.now() > awaySince || sentAt < returnedAt;
    if (status === 200 && late > worstMs) broken.push(`${name} believed a session that ended ${late} ms before`);
    else if (status === 401 && ended === undefined) broken.push(`${name} refused a session that is good`);
    else if (status !== 200 && status !== 401 && !(status === 503 && outage)) broken.push(`${name} answered ${status}`);
  };
  const asking = replicas.map(async (replica, n) => {
    while (!state.stopped) {
      for (const holder of holders) await ask(replica, holder, `replica ${n}`);
      await betweenAsks(3);
    }
  });
  return {
    async ends(holder, commit) {
      endedAt.set(holder, Infinity);
      await commit();
      endedAt.set(holder, performance.now());
    },
    away: () => void (awaySince = performance.now()),
    returned() {
      returnedAt = performance.now();
      awaySince = Infinity;
    },
    async stop() {
      state.stopped = true;
      await Promise.all(asking);
      return { asked, broken };
    },
  };
}
