import type { Clock } from "../core/clock.ts";
import type { Database } from "../db/types.ts";
import { batched } from "../db/batch.ts";

/** What is left of a key's limits after a use. `resetAt` in epoch milliseconds, `resetInMs` from when the use was counted. */
export type KeyUsage = {
  remaining: number | null;
  rateLimit: { limit: number; remaining: number; windowMs: number; resetAt: number; resetInMs: number } | null;
};

/** What counting one use came to. `gone`: the key ended meanwhile. */
export type Metered =
  | { kind: "admitted"; usage: KeyUsage }
  | { kind: "rate_limited"; usage: KeyUsage; retryAfterMs: number }
  | { kind: "quota_exceeded"; usage: KeyUsage; retryAfterMs: number | null }
  | { kind: "gone" };

type Row = {
  id: string;
  available: number | null;
  used: number | null;
  rate_limit_max: number | null;
  rate_limit_time_window: number | null;
  window_start: Date | null;
  refill_interval: number | null;
  last_refill: Date | null;
  admitted: number;
};

// One statement for many keys and many uses of each. The rows are locked in the order of their ids, so that replicas
// that count the same keys wait for one another and never deadlock. A use that is refused by one limit isn't counted
// against the other.
const text = `with asked as (
    select * from unnest($1::text[], $2::bigint[]) as q(id, uses)
  ), held as (
    select k.*, q.uses from "apikey" k join asked q using (id)
    where k.enabled and (k.expires_at is null or k.expires_at > $3)
    order by k.id for no key update of k
  ), due as (
    select *,
      remaining is not null and refill_amount is not null and refill_interval is not null
        and $3 >= coalesce(last_refill_at, created_at) + refill_interval * interval '1 millisecond' as refill,
      rate_limit_enabled and rate_limit_max is not null and rate_limit_time_window is not null as limited,
      window_start is null or $3 >= window_start + rate_limit_time_window * interval '1 millisecond' as fresh
    from held
  ), standing as (
    select *,
      case when refill then greatest(refill_amount, 0) else remaining end as available,
      case when not limited then null when fresh then 0 else request_count end as used,
      case when refill then $3 else coalesce(last_refill_at, created_at) end as last_refill
    from due
  ), decided as (
    select *, greatest(0, least(uses, coalesce(available, uses), case when limited then rate_limit_max - used else uses end)) as admitted
    from standing
  )
  update "apikey" k set
    remaining = d.available - d.admitted,
    last_refill_at = case when d.refill then $3 else k.last_refill_at end,
    request_count = case when d.limited then d.used + d.admitted else k.request_count end,
    window_start = case when d.limited and d.fresh and d.admitted > 0 then $3 else k.window_start end,
    last_request = case when d.admitted > 0 then $3 else k.last_request end
  from decided d where k.id = d.id
  returning d.id, d.available, d.used, d.rate_limit_max, d.rate_limit_time_window, k.window_start, d.refill_interval, d.last_refill, d.admitted`;

/**
 * Counts uses of metered keys: quota and fixed-window rate limit in one atomic UPDATE, which uses that arrive together
 * share, so that a limit of N admits exactly N over any number of replicas. The window begins with its first use.
 *
 * Rejects when counting takes longer than `timeoutMs` milliseconds; the use may have been counted by then.
 */
export function createMeter(ports: {
  database: Database;
  clock: Clock;
  timeoutMs: number;
}): (id: string) => Promise<Metered> {
  return batched<string, Metered>(
    async (uses) => {
      const byKey = new Map<string, number[]>();
      for (const [i, id] of uses.entries()) {
        const places = byKey.get(id);
        if (places) places.push(i);
        else byKey.set(id, [i]);
      }
      const now = ports.clock();
      const ids = [...byKey.keys()];
      const counts = ids.map((id) => byKey.get(id)?.length ?? 0);
      const rows = await ports.database.statement<Row>("meter_api_keys", text, [ids, counts, now], ports.timeoutMs);
      const answers: Metered[] = uses.map(() => ({ kind: "gone" }));
      for (const row of rows) {
        for (const [nth, i] of (byKey.get(row.id) ?? []).entries()) answers[i] = answer(row, nth, now.getTime());
      }
      return answers;
    },
    { inFlight: 1, size: 1024, timeoutMs: ports.timeoutMs },
  );
}

/** What the nth use of a batch came to: the first ones are admitted, each seeing one less than the one before. */
function answer(row: Row, nth: number, now: number): Metered {
  const taken = Math.min(nth + 1, row.admitted);
  const limited = row.used !== null && row.rate_limit_max !== null && row.rate_limit_time_window !== null;
  const windowMs = row.rate_limit_time_window ?? 0;
  const opened = (row.window_start?.getTime() ?? now) + windowMs;
  // A use that the quota refuses opens no window; the next one that is admitted would.
  const resetAt = opened > now ? opened : now + windowMs;
  const usage: KeyUsage = {
    remaining: row.available === null ? null : row.available - taken,
    rateLimit: limited
      ? {
          limit: row.rate_limit_max ?? 0,
          remaining: Math.max(0, (row.rate_limit_max ?? 0) - (row.used ?? 0) - taken),
          windowMs,
          resetAt,
          resetInMs: resetAt - now,
        }
      : null,
  };
  if (nth < row.admitted) return { kind: "admitted", usage };
  if (usage.rateLimit?.remaining === 0)
    return { kind: "rate_limited", usage, retryAfterMs: Math.max(1, resetAt - now) };
  const refillAt = row.refill_interval === null ? null : (row.last_refill?.getTime() ?? now) + row.refill_interval;
  return { kind: "quota_exceeded", usage, retryAfterMs: refillAt === null ? null : Math.max(1, refillAt - now) };
}
