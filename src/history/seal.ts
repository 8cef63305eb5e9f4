import { sql } from "drizzle-orm";
import type { Clock } from "../core/clock.ts";
import { repeat } from "../core/repeat.ts";
import { advisoryLock } from "../db/locks.ts";
import type { Database } from "../db/types.ts";
import type { Logger } from "../ops/log.ts";
import { leafOf } from "./leaf.ts";

type Ports = { database: Database; clock: Clock };

/** Events in one transaction: a few milliseconds of work. */
const batchSize = 500;

/** How long an event waits for its seal at most, while a replica is there; half of the second that is promised. */
const everyMs = 500;

// What is gone before it was sealed is sealed as missing: 32 zeros are no event's hash.
const seal = (limit: number, at: Date) => sql`
  with taken as (
    delete from audit_unsealed where id in (select id from audit_unsealed order by id limit ${limit}) returning id
  ), part as (
    select coalesce(e.organization_id, '') as chain, array_agg(taken.id order by taken.id) as events,
      string_agg(case when e.id is null then decode(repeat('00', 32), 'hex') else ${sql.raw(leafOf("e"))} end, ''::bytea order by taken.id) as leaves
    from taken left join audit_event e on e.id = taken.id group by 1
  ), next as (
    select part.*, coalesce(head.seq, 0) + 1 as seq, sha256(coalesce(head.digest, '') || sha256(convert_to(part.chain, 'UTF8'))
      || int8send(coalesce(head.seq, 0) + 1) || part.leaves) as digest
    from part left join lateral (
      select seq, digest from audit_seal s where s.chain = part.chain order by seq desc limit 1) head on true
  ), last as (
    select coalesce(max(number), 0) + 1 as number from audit_batch
  ), sealed as (
    insert into audit_seal (chain, seq, batch, events, leaves, digest)
    select chain, seq, number, events, leaves, digest from next, last
  ), batch as (
    insert into audit_batch (number, digest, events, sealed_at)
    select last.number, sha256(coalesce((select digest from audit_batch b where b.number = last.number - 1), '')
        || string_agg(sha256(convert_to(chain, 'UTF8')) || int8send(seq) || next.digest, ''::bytea order by chain collate "C")
        || int8send(${at.getTime()}::bigint)),
      sum(cardinality(events)), ${at.toISOString()}::timestamptz
    from next, last group by last.number
  ) select count(*)::int as count from taken`;

/**
 * Seals up to `limit` events, in one transaction. Of several processes that do so at once one works: the chain's heads
 * are read after the lock is held.
 *
 * @returns how many; null where another process is at it.
 */
export function sealBatch({ database, clock }: Ports, limit = batchSize): Promise<number | null> {
  return database.db.transaction(async (tx) => {
    const { rows } = await tx.execute<{ free: boolean }>(
      sql`select pg_try_advisory_xact_lock(${advisoryLock.sealing}) as free`,
    );
    if (!rows[0]?.free) return null;
    const sealed = await tx.execute<{ count: number }>(seal(limit, clock()));
    return sealed.rows[0]?.count ?? 0;
  });
}

/** Seals all that waits, batch by batch. @returns how many events. */
export async function sealAll(ports: Ports, signal?: AbortSignal): Promise<number> {
  let total = 0;
  for (let full = true; full;) {
    const [some] = await ports.database.statement<{ some: boolean }>(
      "audit_any_unsealed",
      "select exists (select from audit_unsealed) as some",
      [],
    );
    const sealed = some?.some ? await sealBatch(ports) : 0;
    total += sealed ?? 0;
    full = sealed === batchSize && signal?.aborted !== true;
  }
  return total;
}

/**
 * Seals what is committed, twice a second, until it is stopped. Every replica may do so. Where it fails, events wait and
 * lists say so; the first failure of several is logged.
 */
export function startSealing(ports: Ports & { log: Logger }): { stop(): Promise<void> } {
  let troubled = false;
  return repeat(async (signal) => {
    try {
      await sealAll(ports, signal);
      troubled = false;
    } catch (err) {
      if (!troubled) ports.log.warn({ err }, "the history can't be sealed; it waits");
      troubled = true;
    }
  }, everyMs);
}
