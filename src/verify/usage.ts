import type { Clock } from "../core/clock.ts";
import type { Logger } from "../ops/log.ts";
import type { Database } from "../db/types.ts";

/** Counts keys' uses behind the answers: statistics, never a limit. */
export type Usage = {
  count(keyId: string): void;
  /** Writes what has been counted. */
  flush(): Promise<void>;
  /** Stops the timer and flushes. */
  close(): Promise<void>;
};

// Rows are locked in the order of their ids, as the meter does, so that the two never deadlock.
const text = `with counted as (
    select * from unnest($1::text[], $2::date[], $3::bigint[], $4::timestamptz[]) as q(id, day, uses, at)
  ), held as (
    select k.id, c.at from "apikey" k join (select id, max(at) as at from counted group by id) c using (id)
    order by k.id for no key update of k
  ), touched as (
    update "apikey" k set last_request = greatest(k.last_request, held.at) from held where k.id = held.id
    returning k.id, k.organization_id
  )
  insert into "apikey_usage" as u (apikey_id, day, organization_id, count)
  select c.id, c.day, t.organization_id, c.uses from counted c join touched t using (id)
  on conflict (apikey_id, day) do update set count = u.count + excluded.count`;

type Count = { id: string; uses: number; at: number };

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

/**
 * @param everyMs how often counts are written: what a killed process loses at most.
 */
export function createUsage(ports: { database: Database; clock: Clock; log: Logger }, everyMs: number): Usage {
  let counts = new Map<string, Count>();
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    const batch = [...counts.values()];
    if (batch.length === 0) return;
    counts = new Map();
    try {
      const columns = [
        batch.map((c) => c.id),
        batch.map((c) => day(c.at)),
        batch.map((c) => c.uses),
        batch.map((c) => new Date(c.at).toISOString()),
      ];
      await ports.database.statement("count_api_key_usage", text, columns);
    } catch (err) {
      for (const { id, uses, at } of batch) add(id, uses, at);
      ports.log.warn({ err }, "usage of API keys could not be written; it is kept for the next try");
    }
  };
  // A flush's uses count for the day of the last: at midnight some are a second off.
  const add = (id: string, uses: number, at: number): void => {
    const known = counts.get(id);
    if (known === undefined) {
      counts.set(id, { id, uses, at });
      return;
    }
    known.uses += uses;
    if (at > known.at) known.at = at;
  };
  // One after the other: who closes waits for the one under way, whose counts come back when it fails.
  const flush = (): Promise<void> => (writing = writing.then(write));
  const timer = setInterval(() => void flush(), everyMs);
  timer.unref();
  return {
    count: (keyId) => add(keyId, 1, ports.clock().getTime()),
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
