import { z } from "zod";
import type { Database } from "../../src/db/types.ts";
import { silentLog, type Logger } from "../../src/ops/log.ts";
import { type Handler, handler } from "../../src/queue/handler.ts";
import { type JobKind, openQueue } from "../../src/queue/queue.ts";
import { openSealer } from "../../src/queue/seal.ts";
import { openWorker } from "../../src/queue/worker.ts";
import { secret } from "../harness/people.ts";

/** Work for tests: it is told a text. */
export const note: JobKind<{ text: string }> = { name: "note", schema: z.object({ text: z.string() }) };

type Options = {
  clock?: { now(): Date };
  log?: Logger;
  secret?: string;
  /** Does a note; by default it notes its text in `done`. */
  handle?: (text: string, id: string) => Promise<void>;
  others?: readonly Handler[];
};

/** A queue and a worker over a database, and what the worker has done. */
export function openNotes(database: Database, options: Options = {}) {
  const { log = silentLog, others = [] } = options;
  const clock = () => options.clock?.now() ?? new Date();
  const done: string[] = [];
  const sealer = openSealer(options.secret ?? secret);
  const queue = openQueue({ database, clock, sealer });
  const notes = handler(note, 5, async ({ text }, { id }) => {
    await options.handle?.(text, id);
    done.push(text);
  });
  const worker = openWorker({ database, clock, log, sealer, handlers: [notes, ...others] });
  const rows = () =>
    database.statement<{ kind: string; attempts: number; error: string | null; runAt: Date; failedAt: Date | null }>(
      "",
      `select kind, attempts, last_error as error, run_at as "runAt", failed_at as "failedAt" from job order by id`,
      [],
    );
  return { queue, worker, done, rows, write: (text: string) => queue.enqueue(null, note, { text }) };
}
