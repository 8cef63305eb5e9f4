import { type Column, sql } from "drizzle-orm";
import { bigint, check, customType, index, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { bounded } from "../db/schema/bounded.ts";
import { instant } from "../db/schema/columns.ts";

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });
const hash = (table: string, column: Column) => check(`${table}_${column.name}_length`, sql`length(${column}) <= 32`);
const number = (name: string) => bigint(name, { mode: "number" });

/** Events that no seal covers yet. A trigger adds each with its event, in the same transaction; only the sealer removes. */
export const auditUnsealed = pgTable("audit_unsealed", { id: uuid("id").primaryKey() });

/**
 * The hash chain of each organization's events. A seal covers those of one batch; its digest is of the seal before it
 * and of its events, so that none can be changed, removed or put in between. docs/history.md says how it is computed.
 */
export const auditSeal = pgTable(
  "audit_seal",
  {
    /** The organization's id; '' for the events of none. It outlives the organization. */
    chain: text("chain").notNull(),
    /** From 1 up, without a gap. */
    seq: number("seq").notNull(),
    batch: number("batch").notNull(),
    events: uuid("events").array().notNull(),
    /** The SHA-256 of each event, 32 bytes each, in the same order. */
    leaves: bytes("leaves").notNull(),
    digest: bytes("digest").notNull(),
  },
  (t) => [
    ...bounded("audit_seal", t),
    hash("audit_seal", t.digest),
    // Of a thousand events.
    check("audit_seal_leaves_length", sql`length(${t.leaves}) <= 32000`),
    primaryKey({ columns: [t.chain, t.seq] }),
    index("audit_seal_batch_idx").on(t.batch, t.chain),
  ],
);

/** What was sealed at once, over all organizations: the chain of the seals themselves, whose last digest is the head. */
export const auditBatch = pgTable(
  "audit_batch",
  {
    /** From 1 up, without a gap. */
    number: number("number").primaryKey(),
    digest: bytes("digest").notNull(),
    /** How many events it has. */
    events: number("events").notNull(),
    sealedAt: instant("sealed_at").notNull(),
  },
  (t) => [hash("audit_batch", t.digest)],
);
