import type { Module } from "../../../http/module.ts";
import { adoptPreferences, exportedPreferences } from "./preferences.ts";
import { routes } from "./routes.ts";

export { type Preferences } from "./preferences.ts";

const events = {
  "preferences.updated": "A user changed their preferences",
} as const;

declare module "../../../core/audit.ts" {
  interface DeclaredEvents {
    preferences: typeof events;
  }
}

export { mailPreferences } from "./preferences.ts";

export const preferences: Module = {
  name: "preferences",
  mounts: { "/me/preferences": routes },
  events,
  exports: { account: { preferences: exportedPreferences } },
  adopt: adoptPreferences,
};
