import { batched } from "../db/batch.ts";
import type { Database } from "../db/types.ts";

/** A job that was taken, not yet opened. `attempt` counts from 1. */
export type Taken = { id: string; kind: string; payload: string; attempt: number; expiresAt: Date | null };

/** How a job ended. Without an error: it is done, or, to be tried, wasn't begun. With one and never to be tried: it is given up. */
export type Ending = { job: Taken; error: string | null; retryAt: Date | null };

export type JobStore = {
  /** Takes what is due, at most so many of each kind; until `lostAt` nobody else does. */
  take(free: ReadonlyMap<string, number>, now: Date, lostAt: Date): Promise<Taken[]>;
  /** Ends a run, unless it was taken for lost meanwhile. Runs that end together share a statement. */
  end(ending: Ending, now: Date): Promise<void>;
};

// Rows that another process takes at this moment are left to it. Oldest first, kind by kind: none waits for another.
const taking = `update job set run_at = $4, attempts = job.attempts + 1, last_error = null
  from unnest($1::text[], $2::int[]) as free(kind, slots) cross join lateral (
    select id from job where kind = free.kind and failed_at is null and run_at <= $3
    order by run_at limit free.slots for update skip locked
  ) as due
  where job.id = due.id
  returning job.id, job.kind, job.payload, job.attempts as attempt, job.expires_at as "expiresAt"`;

const ending = `with ended as (
    select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[]) as e(id, attempt, error, retry_at)
  ), done as (
    delete from job using ended
    where job.id = ended.id and job.attempts = ended.attempt and ended.error is null and ended.retry_at is null
      and job.failed_at is null
  )
  update job set last_error = ended.error, run_at = coalesce(ended.retry_at, $5),
    attempts = job.attempts - (ended.error is null)::int,
    failed_at = case when ended.retry_at is null then $5::timestamptz end
  from ended
  where job.id = ended.id and job.attempts = ended.attempt and job.failed_at is null
    and (ended.error is not null or ended.retry_at is not null)`;

export function jobStore(database: Pick<Database, "statement">): JobStore {
  const end = batched<{ ending: Ending; now: Date }, undefined>(
    async (all) => {
      const endings = all.map(({ ending }) => ending);
      await database.statement("end_jobs", ending, [
        endings.map(({ job }) => job.id),
        endings.map(({ job }) => job.attempt),
        endings.map(({ error }) => error),
        endings.map(({ retryAt }) => retryAt),
        all[0]?.now,
      ]);
      return all.map(() => undefined);
    },
    { inFlight: 1, size: 500 },
  );
  return {
    take: (free, now, lostAt) =>
      database.statement<Taken>("take_jobs", taking, [[...free.keys()], [...free.values()], now, lostAt]),
    end: (ending, now) => end({ ending, now }),
  };
}
