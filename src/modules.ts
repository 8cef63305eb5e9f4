import type { Services } from "./gate.ts";
import type { Module } from "./http/module.ts";
import { admin } from "./modules/platform/admin/index.ts";
import { health } from "./modules/platform/health/index.ts";
import { invitations } from "./modules/organization/invitations/index.ts";
import { apiKeys } from "./modules/machine/api-keys/index.ts";
import { auditEvents } from "./modules/platform/audit-events/index.ts";
import { entitlements } from "./modules/organization/entitlements/index.ts";
import { members } from "./modules/organization/members/index.ts";
import { navigation } from "./modules/organization/navigation/index.ts";
import { organizations } from "./modules/organization/organizations/index.ts";
import { personalExport } from "./modules/account/export/index.ts";
import { me } from "./modules/account/me/index.ts";
import { activity } from "./modules/account/activity/index.ts";
import { preferences } from "./modules/account/preferences/index.ts";
import { profile } from "./modules/account/profile/index.ts";
import { projects } from "./modules/work/projects/index.ts";
import { roles } from "./modules/organization/roles/index.ts";
import { savedSearches } from "./modules/work/saved-searches/index.ts";
import { settings } from "./modules/platform/settings/index.ts";
import { subscription } from "./modules/billing/subscription/index.ts";
import { tasks } from "./modules/work/tasks/index.ts";
import { trash } from "./modules/work/trash/index.ts";
import { verification } from "./modules/machine/verification/index.ts";

/** Every resource of the service, in the order of the reference. */
export const modules: readonly Module<Services>[] = [
  me,
  profile,
  preferences,
  activity,
  personalExport,
  organizations,
  members,
  invitations,
  roles,
  subscription,
  entitlements,
  navigation,
  projects,
  tasks,
  savedSearches,
  trash,
  apiKeys,
  auditEvents,
  verification,
  admin,
  health,
  settings,
];
