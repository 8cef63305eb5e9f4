import type { Database } from "../../db/client.ts";
import type { Module } from "../../http/module.ts";
import type { Verifier } from "../../verify/verifier.ts";
import { routes } from "./routes.ts";

export const admin: Module<{ database: Database; verifier: Verifier }> = { name: "admin", path: "/admin", routes };
