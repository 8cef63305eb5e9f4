import { bigint, index, pgTable, text } from "drizzle-orm/pg-core";

/**
 * How often something happened in its window, where replicas have no Redis to count in. The owner's only; unlogged,
 * since a count that a crash loses begins anew. The columns' names are the library's.
 */
export const rateLimit = pgTable(
  "rate_limit",
  {
    key: text("key").primaryKey(),
    points: bigint("points", { mode: "number" }).notNull(),
    /** Epoch milliseconds. */
    expire: bigint("expire", { mode: "number" }),
  },
  (t) => [index("rate_limit_expire_idx").on(t.expire)],
);
