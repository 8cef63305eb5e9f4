import type { ConsolePages } from "../../http/page.ts";
import { pageRoutes } from "../kit/env.ts";
import { keyPages } from "./api-keys/pages.ts";
import { invitationPages } from "./invitations/pages.ts";
import { memberPages } from "./members/pages.ts";
import { overview } from "./overview.tsx";
import { rolePages } from "./roles/pages.ts";

/** The pages under /console/{org}, for its members. @param added by modules. */
export function consolePages(added: readonly ConsolePages[]) {
  const pages = pageRoutes()
    .route("/", overview())
    .route("/members", memberPages())
    .route("/invitations", invitationPages())
    .route("/roles", rolePages())
    .route("/api-keys", keyPages());
  for (const { path, routes } of added) pages.route(path, routes());
  return pages;
}
