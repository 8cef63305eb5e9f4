import { relations } from "drizzle-orm";
import { account, invitation, member, organization, session, user } from "./auth/tables.ts";
import { organizationSetting } from "./modules/organizations/table.ts";
import { userProfile } from "./modules/profile/table.ts";
import { project } from "./modules/projects/table.ts";
import { subscription } from "./modules/subscription/table.ts";
import { task } from "./modules/tasks/table.ts";

// The one merged schema: auth tables, every module's tables, and the relations between them.
export * from "./auth/key-table.ts";
export * from "./auth/tables.ts";
export * from "./limits/table.ts";
export * from "./modules/api-keys/table.ts";
export * from "./modules/audit-events/table.ts";
export * from "./modules/entitlements/table.ts";
export * from "./modules/navigation/table.ts";
export * from "./modules/organizations/table.ts";
export * from "./modules/profile/table.ts";
export * from "./modules/projects/table.ts";
export * from "./modules/subscription/table.ts";
export * from "./modules/tasks/table.ts";

export const userRelations = relations(user, ({ one, many }) => ({
  sessions: many(session),
  accounts: many(account),
  members: many(member),
  invitations: many(invitation),
  profile: one(userProfile, { fields: [user.id], references: [userProfile.userId] }),
  projects: many(project),
}));

export const sessionRelations = relations(session, ({ one }) => ({
  user: one(user, { fields: [session.userId], references: [user.id] }),
}));

export const accountRelations = relations(account, ({ one }) => ({
  user: one(user, { fields: [account.userId], references: [user.id] }),
}));

export const organizationRelations = relations(organization, ({ one, many }) => ({
  members: many(member),
  invitations: many(invitation),
  projects: many(project),
  subscription: one(subscription, { fields: [organization.id], references: [subscription.organizationId] }),
  settings: one(organizationSetting, { fields: [organization.id], references: [organizationSetting.organizationId] }),
}));

export const memberRelations = relations(member, ({ one }) => ({
  organization: one(organization, { fields: [member.organizationId], references: [organization.id] }),
  user: one(user, { fields: [member.userId], references: [user.id] }),
}));

export const invitationRelations = relations(invitation, ({ one }) => ({
  organization: one(organization, { fields: [invitation.organizationId], references: [organization.id] }),
  user: one(user, { fields: [invitation.inviterId], references: [user.id] }),
}));

export const projectRelations = relations(project, ({ one, many }) => ({
  organization: one(organization, { fields: [project.organizationId], references: [organization.id] }),
  owner: one(user, { fields: [project.ownerId], references: [user.id] }),
  tasks: many(task),
}));

export const taskRelations = relations(task, ({ one }) => ({
  project: one(project, {
    fields: [task.organizationId, task.projectId],
    references: [project.organizationId, project.id],
  }),
}));
