import { sql } from "drizzle-orm";
import { check, index, pgTable, smallint, text } from "drizzle-orm/pg-core";
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
    /** The way in that opened it: `password`, `emailCode`, `passkey`, `provider:<id>`, `totp`, `backupCode`, `anonymous`. */
    method: text("method"),
    /** How many factors its person has proven in it. A trigger keeps both and the next one; see guards/sessions.sql. */
    factors: smallint("factors").notNull().default(1),
    /** When they last proved one. Null where it is as old as the session. */
    authenticatedAt: instant("authenticated_at"),
  },
  (t) => [
    ...bounded("session", t, { userAgent: 16_384 }),
    check("session_factors", sql`${t.factors} in (1, 2)`),
    index("session_user_id_idx").on(t.userId),
    index("session_active_organization_id_idx").on(t.activeOrganizationId),
    index("session_expires_at_idx").on(t.expiresAt),
    index("session_impersonated_by_idx")
      .on(t.impersonatedBy)
      .where(sql`${t.impersonatedBy} is not null`),
  ],
);
