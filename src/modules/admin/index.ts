import type { Database } from "../../db/client.ts";
import type { Module } from "../../http/module.ts";
import { routes } from "./routes.ts";

export const admin: Module<{ database: Database }> = { name: "admin", path: "/admin", routes };
