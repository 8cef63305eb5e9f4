import type { Ending } from "../db/ending.ts";
import type { Database } from "../db/types.ts";

/** Work of one kind, as an operator looks at it. Times are of the oldest that waits. */
export type KindStatus = {
  kind: string;
  /** Due now or later, or under way. */
  waiting: number;
  /** Of these, how many have failed at least once. */
  retried: number;
  oldest: Date | null;
  /** Given up. */
  failed: number;
  /** The error of the run that failed last. */
  lastError: string | null;
};

type On = Pick<Database, "statement">;

/** How much waits and how much was given up, kind by kind. */
export const queueStatus = (database: On): Promise<KindStatus[]> =>
  database.statement<KindStatus>(
    "queue_status",
    `select kind, count(*) filter (where failed_at is null)::int as waiting,
      count(*) filter (where failed_at is null and last_error is not null)::int as retried,
      min(created_at) filter (where failed_at is null) as oldest,
      count(failed_at)::int as failed,
      (array_agg(last_error order by run_at desc) filter (where last_error is not null))[1] as "lastError"
    from job group by kind order by kind`,
    [],
  );

/**
 * Makes what was given up due again, with all its tries, but not where work with the same key waits; and what waits for
 * its next try due at once.
 *
 * @param kind null for every kind.
 * @returns how many jobs.
 */
export async function retryJobs(database: On, kind: string | null, now: Date): Promise<number> {
  const rows = await database.statement(
    "retry_jobs",
    `update job set run_at = $2, failed_at = null, attempts = case when failed_at is null then attempts else 0 end
    where last_error is not null and ($1::text is null or kind = $1) and (failed_at is not null or run_at > $2)
      and (failed_at is null or key is null or not exists (
        select from job as other where other.kind = job.kind and other.key = job.key
          and (other.failed_at is null or other.id > job.id)))
    returning id`,
    [kind, now],
  );
  return rows.length;
}

/** Jobs that were given up, and those of a kind that no process does any more, by when they were due. */
export const endings = {
  jobs: { table: "job", at: "run_at", kept: "jobs" },
} as const satisfies Readonly<Record<string, Ending>>;
