import type { Module } from "../../../http/module.ts";
import { adoptProfile, exportedProfile, makeProfile } from "./profile.ts";
import { routes } from "./routes.ts";

const events = {
  "profile.updated": "A user changed their profile",
} as const;

declare module "../../../core/audit.ts" {
  interface DeclaredEvents {
    profile: typeof events;
  }
}

export const profile: Module = {
  name: "profile",
  mounts: { "/me/profile": routes },
  events,
  exports: { account: { profile: exportedProfile } },
  provision: { user: makeProfile },
  adopt: adoptProfile,
};
