import type { z } from "zod";
import type { Clock } from "../core/clock.ts";
import { Invalid } from "../core/problem.ts";
import type { Database, Tx } from "../db/types.ts";
import type { Sealer } from "./seal.ts";
import { job, payloadMost } from "./table.ts";

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
   * @param options.expiresAt from when on nobody has use for it: what hasn't begun by then is dropped.
   * @throws 422 for a payload that its kind doesn't take, as one that is too long; as a database that is full does,
   * where too much of the kind waits.
   */
  enqueue<Payload>(
    tx: Tx | null,
    kind: JobKind<Payload>,
    payload: Payload,
    options?: { key?: string; at?: Date; expiresAt?: Date },
  ): Promise<void>;
  /** How much this process has queued, committed or not. */
  readonly queued: number;
};

type Ports = { database: Pick<Database, "db">; clock: Clock; sealer: Sealer };

/** Opens the queue's near end. Its far end is the worker. */
export function openQueue({ database, clock, sealer }: Ports): Queue {
  let queued = 0;
  return {
    async enqueue(tx, kind, payload, { key, at, expiresAt } = {}) {
      // Now rather than by the worker, when nobody is there to be told.
      if (!kind.schema.safeParse(payload).success) throw unfit();
      const id = Bun.randomUUIDv7();
      const now = clock();
      const sealed = sealer.seal(JSON.stringify(payload), placeOf(kind.name, id));
      if (sealed.length > payloadMost) throw unfit();
      const row = {
        id,
        kind: kind.name,
        payload: sealed,
        createdAt: now,
        runAt: at ?? now,
        expiresAt: expiresAt ?? null,
      };
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

const unfit = () => Invalid("What this asks for is too long, or can't be done.");

/** Where a payload is sealed: it can't be moved to another row. */
export const placeOf = (kind: string, id: string): string => `${kind}:${id}`;
