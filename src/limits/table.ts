import { bounded } from "../db/schema/bounded.ts";
import { bigint, index, pgTable, text } from "drizzle-orm/pg-core";

/**
 * How often something happened in its window, where replicas have no Redis to count in. The owner's only; unlogged,
 * since a count that a crash loses begins again.
 */
export const rateLimit = pgTable(
  "rate_limit",
  {
    key: text("key").primaryKey(),
    used: bigint("used", { mode: "number" }).notNull(),
    /** Epoch milliseconds. */
    endsAt: bigint("ends_at", { mode: "number" }).notNull(),
  },
  (t) => [...bounded("rate_limit", t, { key: 2048 }), index("rate_limit_ends_at_idx").on(t.endsAt)],
);
