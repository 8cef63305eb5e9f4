import type { Module } from "../../../http/module.ts";
import { type Ports, routes } from "./routes.ts";

export { type Settings } from "./routes.ts";
export const settings: Module<Ports> = { name: "settings", mounts: { "/settings": routes } };
