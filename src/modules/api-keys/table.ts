import { bigint, date, index, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { apikey } from "../../auth/key-table.ts";
import { organization } from "../../auth/tables.ts";
import { organizationPolicy } from "../../db/columns.ts";

/** How often a key was admitted, by day (UTC). Written behind, in batches. */
export const apikeyUsage = pgTable(
  "apikey_usage",
  {
    apikeyId: text("apikey_id")
      .notNull()
      .references(() => apikey.id, { onDelete: "cascade" }),
    day: date("day").notNull(),
    organizationId: text("organization_id").references(() => organization.id, { onDelete: "cascade" }),
    count: bigint("count", { mode: "number" }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.apikeyId, t.day] }),
    index("apikey_usage_organization_day_idx").on(t.organizationId, t.day),
    organizationPolicy("apikey_usage", t.organizationId),
  ],
);
