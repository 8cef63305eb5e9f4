import type { Module } from "./http/module.ts";
import { admin } from "./modules/admin/index.ts";
import { invitations, myInvitations } from "./modules/invitations/index.ts";
import { apiKeys } from "./modules/api-keys/index.ts";
import { adminAuditEvents, auditEvents } from "./modules/audit-events/index.ts";
import { adminEntitlements, entitlements, moduleCatalogue } from "./modules/entitlements/index.ts";
import { members } from "./modules/members/index.ts";
import { navigation, sharedNavigation } from "./modules/navigation/index.ts";
import { organizations } from "./modules/organizations/index.ts";
import { me } from "./modules/me/index.ts";
import { profile } from "./modules/profile/index.ts";
import { projects } from "./modules/projects/index.ts";
import { adminRoles, permissions, roles } from "./modules/roles/index.ts";
import { adminSubscription, subscription } from "./modules/subscription/index.ts";
import { tasks } from "./modules/tasks/index.ts";
import { trash } from "./modules/trash/index.ts";
import { authorization, introspection, verification } from "./modules/verification/index.ts";

/** Every resource of the service, in the order of the reference. */
export const modules: readonly Module[] = [
  me,
  profile,
  organizations,
  members,
  invitations,
  myInvitations,
  roles,
  permissions,
  adminRoles,
  subscription,
  adminSubscription,
  moduleCatalogue,
  entitlements,
  adminEntitlements,
  navigation,
  sharedNavigation,
  projects,
  tasks,
  trash,
  apiKeys,
  auditEvents,
  adminAuditEvents,
  verification,
  introspection,
  authorization,
  admin,
];
