import type { Module } from "../../../http/module.ts";
import type { Ports } from "./health.ts";
import { routes } from "./routes.ts";

export { type Health } from "./health.ts";

export const health: Module<Ports> = { name: "health", mounts: { "/admin/health": routes } };
