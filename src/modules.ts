import type { Module } from "./http/module.ts";
import { admin } from "./modules/admin/index.ts";
import { me } from "./modules/me/index.ts";
import { profile } from "./modules/profile/index.ts";
import { projects } from "./modules/projects/index.ts";
import { auditEvents } from "./modules/audit-events/index.ts";
import { tasks } from "./modules/tasks/index.ts";
import { trash } from "./modules/trash/index.ts";

/** Every resource of the service, in the order of the reference. */
export const modules: readonly Module[] = [me, projects, profile, admin, tasks, trash, auditEvents];
