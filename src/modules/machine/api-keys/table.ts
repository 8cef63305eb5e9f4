import { bigint, date, index, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { bounded } from "../../../db/schema/bounded.ts";
import { apikey } from "../../../auth/tables/api-key.ts";

/** How often a key was admitted, by day (UTC). Written behind, in batches. */
export const apikeyUsage = pgTable(
  "apikey_usage",
  {
    apikeyId: text("apikey_id")
      .notNull()
      .references(() => apikey.id, { onDelete: "cascade" }),
    day: date("day").notNull(),
    // The key's. No foreign key of its own: counting would lock the organization after the key; see db/locks.ts.
    organizationId: text("organization_id"),
    count: bigint("count", { mode: "number" }).notNull(),
  },
  (t) => [
    ...bounded("apikey_usage", t),
    primaryKey({ columns: [t.apikeyId, t.day] }),
    index("apikey_usage_organization_day_idx").on(t.organizationId, t.day),
    index("apikey_usage_day_idx").on(t.day),
  ],
);
