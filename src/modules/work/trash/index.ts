import type { Module } from "../../../http/module.ts";
import { type Ports, routes } from "./routes.ts";

export const trash: Module<Ports> = {
  name: "trash",
  mounts: { "/orgs/{org}/trash": routes },
  permissions: ["trash:read"],
  grants: { admin: ["trash:read"] },
};
