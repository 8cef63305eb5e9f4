import { index, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { organization, user } from "../../auth/tables.ts";
import { instant, organizationId, organizationPolicy } from "../../db/columns.ts";

/** Which modules, beyond the standard ones, an organization may use. */
export const entitlement = pgTable(
  "entitlement",
  {
    organizationId: organizationId(() => organization.id),
    module: text("module").notNull(),
    grantedBy: text("granted_by").references(() => user.id, { onDelete: "set null" }),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.module] }),
    index("entitlement_granted_by_idx").on(t.grantedBy),
    organizationPolicy("entitlement", t.organizationId),
  ],
);
