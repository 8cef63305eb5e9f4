import type { Module } from "../../../http/module.ts";
import { text } from "../../../web/kit/languages.ts";
import { routes } from "./routes.ts";
import { ownersOfSavedSearches, ownSavedSearches } from "./saved-searches.ts";

const events = {
  "savedSearch.created": "A search was saved",
  "savedSearch.updated": "A saved search was changed",
  "savedSearch.deleted": "A saved search was deleted",
} as const;

declare module "../../../core/audit.ts" {
  interface DeclaredEvents {
    savedSearches: typeof events;
  }
}

export const savedSearches: Module = {
  name: "savedSearches",
  mounts: { "/orgs/{org}/saved-searches": routes },
  permissions: ["savedSearch:create", "savedSearch:read", "savedSearch:update", "savedSearch:delete"],
  names: {
    savedSearch: text("Saved searches", "Gespeicherte Suchen"),
  },
  grants: {
    admin: ["savedSearch:create", "savedSearch:read", "savedSearch:update", "savedSearch:delete"],
    member: ["savedSearch:create", "savedSearch:read", "savedSearch:update", "savedSearch:delete"],
    viewer: ["savedSearch:read"],
  },
  events,
  exports: { organization: { savedSearches: ownSavedSearches } },
  samples: { "saved-searches": { table: "saved_search", row: (name) => ({ name, visibility: "organization" }) } },
  owners: { savedSearch: ownersOfSavedSearches },
};
