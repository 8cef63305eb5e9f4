import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/log.ts";
import type { Database } from "../db/client.ts";

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

/**
 * @param everyMs how often counts are written: what a killed process loses at most.
 */
export function createUsage(ports: { database: Database; clock: Clock; log: Logger }, everyMs: number): Usage {
  let counts = new Map<string, { id: string; day: string; uses: number; at: Date }>();
  const flush = async (): Promise<void> => {
    const batch = [...counts.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    if (batch.length === 0) return;
    counts = new Map();
    try {
      const columns = [
        batch.map((c) => c.id),
        batch.map((c) => c.day),
        batch.map((c) => c.uses),
        batch.map((c) => c.at.toISOString()),
      ];
      await ports.database.statement("count_api_key_usage", text, columns);
    } catch (err) {
      for (const { id, day, uses, at } of batch) add(id, day, uses, at);
      ports.log.warn({ err }, "usage of API keys could not be written; it is kept for the next try");
    }
  };
  const add = (id: string, day: string, uses: number, at: Date): void => {
    const known = counts.get(`${id} ${day}`);
    if (known === undefined) counts.set(`${id} ${day}`, { id, day, uses, at });
    else {
      known.uses += uses;
      if (at > known.at) known.at = at;
    }
  };
  const timer = setInterval(() => void flush(), everyMs);
  timer.unref();
  return {
    count(keyId) {
      const at = ports.clock();
      add(keyId, at.toISOString().slice(0, 10), 1, at);
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
