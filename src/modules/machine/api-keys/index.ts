import type { Module } from "../../../http/module.ts";
import { text } from "../../../web/kit/languages.ts";
import { made } from "./exports.ts";
import { type Ports, routes } from "./routes.ts";

export type { ApiKey, ApiKeyWithSecret, Usage } from "./schemas.ts";

const events = {
  "apiKey.created": "An API key was created",
  "apiKey.updated": "An API key's name, permissions, limits or state was changed",
  "apiKey.rotated": "An API key got a new secret",
  "apiKey.deleted": "An API key was deleted",
} as const;

declare module "../../../core/audit.ts" {
  interface DeclaredEvents {
    apiKeys: typeof events;
  }
}

export const apiKeys: Module<Ports> = {
  name: "api-keys",
  mounts: { "/orgs/{org}/api-keys": routes },
  // better-auth's plugin asks for these names too.
  permissions: ["apiKey:create", "apiKey:read", "apiKey:update", "apiKey:delete"],
  names: {
    apiKey: text("API keys", "API-Schlüssel"),
  },
  grants: { admin: ["apiKey:create", "apiKey:read", "apiKey:update", "apiKey:delete"] },
  events,
  endings: { usage: { table: "apikey_usage", at: "day", as: "day", kept: "usage" } },
  samples: {
    "api-keys": { table: "apikey", row: (key) => ({ key }) },
    usage: { table: "apikey_usage", row: () => ({ day: "2026-01-01", count: 1 }) },
  },
  exports: {
    organization: { apiKeys: made },
    withheld: {
      "apikey.previous_created_by": "Names who made the secret that a rotation replaced, for its overlap alone",
    },
  },
};
