import type { Module } from "../../../http/module.ts";
import { type Ports, routes } from "./routes.ts";

export { type User } from "./schemas.ts";

export const admin: Module<Ports> = { name: "admin", mounts: { "/admin/users": routes } };
