import type { Module } from "../../http/module.ts";
import type { Ports } from "./me.ts";
import { routes } from "./routes.ts";

export { MembershipList, SessionList } from "./me.ts";

export const me: Module<Ports> = { name: "me", path: "/me", routes };
