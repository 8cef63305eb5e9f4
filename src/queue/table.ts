import { sql } from "drizzle-orm";
import { bigint, index, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import { bounded } from "../db/schema/bounded.ts";
import { id, instant } from "../db/schema/columns.ts";

/** Characters of a payload as it is stored, sealed. */
export const payloadMost = 65_536;

/**
 * Work that is done after the commit of the transaction that asks for it, by any replica. Requests add to it and read
 * nothing of it; how many wait at most is in guards/jobs.sql.
 */
export const job = pgTable(
  "job",
  {
    id: id(),
    kind: text("kind").notNull(),
    /** Of jobs of one kind with the same key, one waits or is under way. */
    key: text("key"),
    /** Encrypted: a mail's link or code signs in. */
    payload: text("payload").notNull(),
    createdAt: instant("created_at").notNull(),
    /** When it is due; while it is under way, when it is taken for lost. */
    runAt: instant("run_at").notNull(),
    /** From when on nobody has use for it: it is dropped then. */
    expiresAt: instant("expires_at"),
    /** How often it was begun. Who ends it names this number, so that a run that was taken for lost ends nothing. */
    attempts: bigint("attempts", { mode: "number" }).notNull().default(0),
    /** When it was given up, to be looked at by an operator. */
    failedAt: instant("failed_at"),
    /** Null while it is under way. */
    lastError: text("last_error"),
  },
  (t) => [
    ...bounded("job", t, { payload: payloadMost, lastError: 500 }),
    // Also of those that were given up: the bound in guards/jobs.sql counts all of a kind.
    index("job_due_idx").on(t.kind, t.runAt),
    uniqueIndex("job_key_unique")
      .on(t.kind, t.key)
      .where(sql`${t.failedAt} is null`),
    index("job_run_at_idx").on(t.runAt),
  ],
);
