import type { ConsolePages } from "../../http/page.ts";
import { pageRoutes } from "../kit/env.ts";
import { keyPages } from "./api-keys/pages.ts";
import { danger } from "./danger.tsx";
import { history } from "./history.tsx";
import { invitationPages } from "./invitations/pages.ts";
import { memberPages } from "./members/pages.ts";
import { overview } from "./overview.tsx";
import { plan } from "./plan.tsx";
import { rolePages } from "./roles/pages.ts";
import { settings } from "./settings.tsx";

/** The pages under /console/{org}, for its members. @param added by modules. */
export function consolePages(added: readonly ConsolePages[]) {
  const pages = pageRoutes()
    .route("/", overview())
    .route("/members", memberPages())
    .route("/invitations", invitationPages())
    .route("/roles", rolePages())
    .route("/api-keys", keyPages())
    .route("/audit-events", history())
    .route("/plan", plan())
    .route("/settings", settings())
    .route("/danger", danger());
  for (const { path, routes } of added) pages.route(path, routes());
  return pages;
}
