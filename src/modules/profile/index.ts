import type { Module } from "../../http/module.ts";
import { routes } from "./routes.ts";

export { provisionUser } from "./profile.ts";

export const profile: Module = { name: "profile", path: "/me/profile", routes };
