import { sql } from "drizzle-orm";
import { bigint, boolean, check, pgTable, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

/**
 * The last beat of the replica that beats for all: one row. Unlogged, so that no standby has it: a server that holds a
 * beat is the one on which it was made. The owner's only.
 */
export const heartbeat = pgTable(
  "heartbeat",
  {
    only: boolean("only").primaryKey().default(true),
    /** One listening connection of one replica. */
    sender: uuid("sender").notNull(),
    number: bigint("number", { mode: "number" }).notNull(),
    sentAt: instant("sent_at").notNull(),
  },
  (t) => [check("heartbeat_only", sql`${t.only}`)],
);
