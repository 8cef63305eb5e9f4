import type { Module } from "../../../http/module.ts";
import { text } from "../../../web/kit/languages.ts";
import { pages } from "./pages.tsx";
import { type Ports, routes } from "./routes.ts";

export const trash: Module<Ports> = {
  name: "trash",
  mounts: { "/orgs/{org}/trash": routes },
  permissions: ["trash:read"],
  names: {
    trash: text("Trash", "Papierkorb"),
  },
  grants: { admin: ["trash:read"] },
  pages: [pages],
};
