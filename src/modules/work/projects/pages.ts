import type { ConsolePages } from "../../../http/page.ts";
import { pageRoutes } from "../../../web/kit/env.ts";
import { text } from "../../../web/kit/languages.ts";
import { changePages } from "./pages/change.tsx";
import { listPage } from "./pages/list.tsx";
import { onePage } from "./pages/one.tsx";
import { latestProjects } from "./pages/section.tsx";
import { searchPages } from "./pages/searches.tsx";

/** The pages of projects in an organization's console. */
export const pages: ConsolePages = {
  path: "/projects",
  label: text("Projects", "Projekte"),
  permission: "project:read",
  section: { on: "organization", show: latestProjects },
  routes: () =>
    pageRoutes()
      .route("/", listPage())
      .route("/saved-searches", searchPages())
      .route("/", changePages())
      .route("/", onePage()),
};
