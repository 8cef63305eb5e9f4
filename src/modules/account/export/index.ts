import type { Module } from "../../../http/module.ts";
import { type Ports, routes } from "./routes.ts";

export const personalExport: Module<Ports> = { name: "export", mounts: { "/me/export": routes } };
