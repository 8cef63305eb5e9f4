import { index, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { organization } from "../../../auth/tables/organization.ts";
import { user } from "../../../auth/tables/identity.ts";
import { bounded } from "../../../db/schema/bounded.ts";
import { instant, organizationId } from "../../../db/schema/columns.ts";

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
    ...bounded("entitlement", t),
    primaryKey({ columns: [t.organizationId, t.module] }),
    index("entitlement_granted_by_idx").on(t.grantedBy),
  ],
);
