import type { Module } from "../../../http/module.ts";
import { activityRoutes, dashboardRoutes, type Ports } from "./routes.ts";

export { type Activity, type Dashboard } from "./activity.ts";

export const activity: Module<Ports> = {
  name: "activity",
  mounts: { "/me/activity": activityRoutes, "/me/dashboard": dashboardRoutes },
};
