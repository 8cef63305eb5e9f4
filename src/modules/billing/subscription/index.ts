import type { Module } from "../../../http/module.ts";
import { text } from "../../../web/kit/languages.ts";
import { adminRoutes, routes } from "./routes.ts";
import { startTrial } from "./trial.ts";

export { type Subscription } from "./subscription.ts";

const events = {
  "subscription.updated": "The organization's subscription was changed",
} as const;

declare module "../../../core/audit.ts" {
  interface DeclaredEvents {
    subscription: typeof events;
  }
}

export const subscription: Module = {
  name: "subscription",
  mounts: { "/orgs/{org}/subscription": routes, "/admin/orgs/{orgId}/subscription": adminRoutes },
  permissions: ["subscription:read", "subscription:update"],
  names: {
    subscription: text("Subscription", "Abonnement"),
  },
  grants: { admin: ["subscription:read"] },
  events,
  provision: { organization: startTrial },
};
