import type { Directory } from "../../../directory/directory.ts";
import { signedIn } from "../../../http/access/declare.ts";
import { tags } from "../../../http/openapi/tags.ts";
import { answer, createRoute, createRouter, json } from "../../../http/router.ts";
import { Activity, ActivityQuery, Dashboard, myActivity, myDashboard } from "./activity.ts";

export type Ports = { directory: Pick<Directory, "countOwn"> };

export const activityRoutes = () =>
  createRouter(tags.me).openapi(
    createRoute({
      ...signedIn(),
      method: "get",
      path: "/",
      summary: "What you did, by day",
      description:
        "Counted from the audit trails of the organizations that you are a member of now. What an administrator did as you isn't in it.",
      request: { query: ActivityQuery },
      responses: { 200: json(Activity, "How often you did what, on which day") },
      refusals: [],
      unversioned: true,
    }),
    async (c) => answer(c, Activity, await myActivity(c.var.account, c.req.valid("query"))),
  );

export const dashboardRoutes = ({ directory }: Ports) =>
  createRouter(tags.me).openapi(
    createRoute({
      ...signedIn(),
      method: "get",
      path: "/",
      summary: "Your account in numbers",
      description: "What an overview shows: organizations, sessions, and what you did of late.",
      responses: { 200: json(Dashboard, "The numbers of this moment") },
      refusals: [],
      unversioned: true,
    }),
    async (c) => answer(c, Dashboard, await myDashboard(c.var.account, directory, c.var.auth.person.id)),
  );
