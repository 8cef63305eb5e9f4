import { relations } from "drizzle-orm";
import { invitation, member, organization } from "./auth/tables/organization.ts";
import { account, user } from "./auth/tables/identity.ts";
import { session } from "./auth/tables/session.ts";

// The one merged schema: auth tables and every module's tables.
export * from "./auth/tables/api-key.ts";
export * from "./auth/tables/identity.ts";
export * from "./auth/tables/organization.ts";
export * from "./auth/tables/session.ts";
export * from "./db/schema/heartbeat.ts";
export * from "./history/table.ts";
export * from "./limits/table.ts";
export * from "./queue/table.ts";
export * from "./modules/machine/api-keys/table.ts";
export * from "./modules/platform/audit-events/table.ts";
export * from "./modules/organization/entitlements/table.ts";
export * from "./modules/organization/navigation/table.ts";
export * from "./modules/organization/organizations/table.ts";
export * from "./modules/account/activity/table.ts";
export * from "./modules/account/preferences/table.ts";
export * from "./modules/account/profile/table.ts";
export * from "./modules/work/projects/table.ts";
export * from "./modules/billing/subscription/table.ts";
export * from "./modules/work/tasks/table.ts";
export * from "./modules/work/saved-searches/table.ts";

// The relations that better-auth's adapter joins along, and no others: our own queries name their joins.

export const userRelations = relations(user, ({ many }) => ({ accounts: many(account) }));

export const accountRelations = relations(account, ({ one }) => ({
  user: one(user, { fields: [account.userId], references: [user.id] }),
}));

export const sessionRelations = relations(session, ({ one }) => ({
  user: one(user, { fields: [session.userId], references: [user.id] }),
}));

export const organizationRelations = relations(organization, ({ many }) => ({
  members: many(member),
  invitations: many(invitation),
}));

export const memberRelations = relations(member, ({ one }) => ({
  organization: one(organization, { fields: [member.organizationId], references: [organization.id] }),
  user: one(user, { fields: [member.userId], references: [user.id] }),
}));

export const invitationRelations = relations(invitation, ({ one }) => ({
  organization: one(organization, { fields: [invitation.organizationId], references: [organization.id] }),
}));
