import type { Clock } from "../core/clock.ts";
import type { Count, Counting, LimitRule } from "../core/rate-limit.ts";
import { batched } from "../db/batch.ts";
import { withinTime } from "../db/errors.ts";
import type { Database } from "../db/types.ts";

type Use = { key: string; rule: LimitRule };
type Row = { key: string; used: number; ends: number };

/** How long the database may take to count: beyond it, each process counts for itself. Milliseconds. */
const patienceMs = 1_000;

// The rows are locked in the order of their keys, so that replicas that count the same keys wait for one another and
// never deadlock.
const text = `insert into rate_limit as r (key, used, ends_at)
  select key, used, $4::bigint + ms from unnest($1::text[], $2::bigint[], $3::bigint[]) as u(key, used, ms) order by key
  on conflict (key) do update set
    used = case when r.ends_at <= $4 then excluded.used else r.used + excluded.used end,
    ends_at = case when r.ends_at <= $4 then excluded.ends_at else r.ends_at end
  returning key, used, ends_at as ends`;

/** Counts in PostgreSQL. What is counted at the same time, for whatever rule, shares a statement. */
export function countInPostgres(database: Database, clock: Clock): Counting {
  const now = () => clock().getTime();
  const run = (name: string, sql: string, ...values: unknown[]) =>
    withinTime(database.statement<Row>(name, sql, values), patienceMs);
  const add = batched((uses: readonly Use[]) => countAll(database, uses, now()), {
    inFlight: 1,
    size: 1024,
    timeoutMs: patienceMs,
  });
  return {
    count: (rule, key) => add({ rule, key: nameOf(rule, key) }),
    async giveBack(rule, key) {
      const update = "update rate_limit set used = used - 1 where key = $1 and ends_at > $2 returning key, used";
      const [row] = await run("give_back_rate_limit", update, nameOf(rule, key), now());
      if (row && row.used <= 0)
        await run("remove_rate_limit", "delete from rate_limit where key = $1 and used <= 0", row.key);
    },
    async forget(rule, key) {
      await run("forget_rate_limit", "delete from rate_limit where key = $1", nameOf(rule, key));
    },
    async remember(rule, key) {
      const upsert = `insert into rate_limit (key, used, ends_at) values ($1, 1, $2)
        on conflict (key) do update set used = 1, ends_at = excluded.ends_at`;
      await run("remember_rate_limit", upsert, nameOf(rule, key), now() + rule.seconds * 1000);
    },
    async remembers(rule, key) {
      const select = "select key from rate_limit where key = $1 and ends_at > $2";
      return (await run("remembered_rate_limit", select, nameOf(rule, key), now())).length > 0;
    },
  };
}

const nameOf = (rule: LimitRule, key: string): string => `${rule.name}:${key}`;

/** Adds uses to their counters, as if they came one after the other. */
async function countAll(database: Database, uses: readonly Use[], now: number): Promise<Count[]> {
  const sums = new Map<string, { used: number; ms: number }>();
  for (const { key, rule } of uses) {
    const sum = sums.get(key);
    if (sum) sum.used++;
    else sums.set(key, { used: 1, ms: rule.seconds * 1000 });
  }
  const all = [...sums];
  const columns = [all.map(([key]) => key), all.map(([, { used }]) => used), all.map(([, { ms }]) => ms), now];
  const rows = await database.statement<Row>("count_rate_limits", text, columns);
  const before = new Map(rows.map((row) => [row.key, { ...row, used: row.used - (sums.get(row.key)?.used ?? 0) }]));
  return uses.map(({ key, rule: { points: limit } }): Count => {
    const counter = before.get(key);
    if (!counter) throw new Error("A counter was not counted");
    const used = ++counter.used;
    const resetMs = Math.max(0, counter.ends - now);
    return { allowed: used <= limit, used, limit, remaining: Math.max(0, limit - used), resetMs };
  });
}
