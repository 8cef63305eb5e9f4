import type { z } from "zod";
import type { Clock } from "../core/clock.ts";
import type { Database, Tx } from "../db/types.ts";
import type { Sealer } from "./seal.ts";
import { job } from "./table.ts";

/** A kind of work, and what it needs to be told. @property name at most 255 characters. */
export type JobKind<Payload> = { readonly name: string; readonly schema: z.ZodType<Payload> };

export type Queue = {
  /**
   * Queues work in the caller's transaction: it is done if that commits, and not at all if it doesn't. Done at least
   * once: by a process that is killed as it ends, it may be done again by another.
   *
   * @param tx null for a transaction of its own.
   * @param options.key nothing is queued where work of this kind and key waits or is under way.
   * @param options.at when it is due; at once by default.
   * @throws as a database that is full does, where too much of the kind waits.
   */
  enqueue<Payload>(
    tx: Tx | null,
    kind: JobKind<Payload>,
    payload: Payload,
    options?: { key?: string; at?: Date },
  ): Promise<void>;
  /** How much this process has queued, committed or not. */
  readonly queued: number;
};

type Ports = { database: Pick<Database, "db">; clock: Clock; sealer: Sealer };

/** Opens the queue's near end. Its far end is the worker. */
export function openQueue({ database, clock, sealer }: Ports): Queue {
  let queued = 0;
  return {
    async enqueue(tx, kind, payload, { key, at } = {}) {
      const id = Bun.randomUUIDv7();
      const now = clock();
      const sealed = sealer.seal(JSON.stringify(payload), placeOf(kind.name, id));
      const row = { id, kind: kind.name, payload: sealed, createdAt: now, runAt: at ?? now };
      const { insert } = bound(tx ?? database.db);
      await (key === undefined ? insert(row) : insert({ ...row, key }).onConflictDoNothing());
      queued++;
    },
    get queued() {
      return queued;
    },
  };
}

const bound = (on: Pick<Tx, "insert">) => ({ insert: (row: typeof job.$inferInsert) => on.insert(job).values(row) });

/** Where a payload is sealed: it can't be moved to another row. */
export const placeOf = (kind: string, id: string): string => `${kind}:${id}`;
