import type { Module } from "./http/module.ts";
import { admin } from "./modules/admin/index.ts";
import { me } from "./modules/me/index.ts";
import { profile } from "./modules/profile/index.ts";
import { projects } from "./modules/projects/index.ts";

/** Every resource of the service, in the order of the reference. */
export const modules: readonly Module[] = [me, projects, profile, admin];
