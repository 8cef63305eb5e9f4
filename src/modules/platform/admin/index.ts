import type { Directory } from "../../../directory/directory.ts";
import type { Module } from "../../../http/module.ts";
import { routes } from "./routes.ts";

export const admin: Module<{ directory: Directory }> = { name: "admin", mounts: { "/admin/users": routes } };
