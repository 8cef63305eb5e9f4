import { boolean, index, pgEnum, pgTable, text } from "drizzle-orm/pg-core";
import { organization } from "../../../auth/tables/organization.ts";
import { bounded } from "../../../db/schema/bounded.ts";
import { instant, organizationId } from "../../../db/schema/columns.ts";

export const subscriptionStatus = pgEnum("subscription_status", ["trialing", "active", "past_due", "canceled"]);

export const subscription = pgTable(
  "subscription",
  {
    organizationId: organizationId(() => organization.id).primaryKey(),
    plan: text("plan").notNull(),
    status: subscriptionStatus("status").notNull(),
    trialEndsAt: instant("trial_ends_at"),
    currentPeriodStart: instant("current_period_start").notNull(),
    currentPeriodEnd: instant("current_period_end").notNull(),
    cancelAtPeriodEnd: boolean("cancel_at_period_end").notNull().default(false),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [...bounded("subscription", t), index("subscription_current_period_end_idx").on(t.currentPeriodEnd)],
);
