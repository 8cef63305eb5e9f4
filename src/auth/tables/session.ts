import { sql } from "drizzle-orm";
import { index, pgTable, text } from "drizzle-orm/pg-core";
import { bounded } from "../../db/schema/bounded.ts";
import { instant } from "../../db/schema/columns.ts";
import { user } from "./identity.ts";
import { organization } from "./organization.ts";

// The columns are better-auth's (its generator's output); what is added to them is listed in
// test/contract/auth-schema.test.ts, which fails when either side moves.

export const session = pgTable(
  "session",
  {
    id: text("id").primaryKey(),
    expiresAt: instant("expires_at").notNull(),
    token: text("token").notNull().unique("session_token_unique"),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
    ipAddress: text("ip_address"),
    userAgent: text("user_agent"),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    activeOrganizationId: text("active_organization_id").references(() => organization.id, { onDelete: "set null" }),
    impersonatedBy: text("impersonated_by"),
  },
  (t) => [
    ...bounded("session", t, { userAgent: 16_384 }),
    index("session_user_id_idx").on(t.userId),
    index("session_active_organization_id_idx").on(t.activeOrganizationId),
    index("session_expires_at_idx").on(t.expiresAt),
    index("session_impersonated_by_idx")
      .on(t.impersonatedBy)
      .where(sql`${t.impersonatedBy} is not null`),
  ],
);
