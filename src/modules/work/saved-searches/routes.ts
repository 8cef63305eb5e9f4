import { PreconditionFailed } from "../../../core/problem.ts";
import { etag } from "../../../core/version.ts";
import { allow } from "../../../http/access/declare.ts";
import { body, createRoute, createRouter, json, organizationParams, send, sendNew } from "../../../http/router.ts";
import { rowId } from "../../../http/schemas.ts";
import {
  createSavedSearch,
  deleteSavedSearch,
  getSavedSearch,
  listSavedSearches,
  updateSavedSearch,
  useSavedSearch,
} from "./saved-searches.ts";
import {
  NewSavedSearch,
  SavedSearch,
  SavedSearchChanges,
  SavedSearchList,
  SavedSearchQuery,
  SavedSearchVersion,
} from "./schemas.ts";

const params = organizationParams.extend({ id: rowId });

/** The version without the count of uses, so that a run in between refuses no change. */
const version = (row: object) => ({ ETag: etag(SavedSearchVersion.parse(row)) });

export const routes = () =>
  createRouter({ name: "Saved searches", description: "Filters that somebody keeps, for themselves or for all." })
    .openapi(
      createRoute({
        ...allow("savedSearch:create"),
        method: "post",
        path: "/",
        summary: "Save a search",
        description: "It is private unless it says otherwise. An API key saves the organization's only.",
        request: { params: organizationParams, body: body(NewSavedSearch) },
        responses: { 201: json(SavedSearch, "The new search") },
        refusals: [],
      }),
      async (c) => {
        const row = await createSavedSearch(c.var.scope, c.req.valid("json"));
        return sendNew(c, SavedSearch, row, version(row));
      },
    )
    .openapi(
      createRoute({
        ...allow("savedSearch:read"),
        method: "get",
        path: "/",
        summary: "List saved searches",
        description: "The organization's and your own private ones.",
        request: { params: organizationParams, query: SavedSearchQuery },
        responses: { 200: json(SavedSearchList, "A page of searches") },
        refusals: [],
      }),
      async (c) => send(c, SavedSearchList, await listSavedSearches(c.var.scope, c.req.valid("query")), 200),
    )
    .openapi(
      createRoute({
        ...allow("savedSearch:read"),
        method: "get",
        path: "/{id}",
        summary: "Read a saved search",
        description: "404 where it is private to somebody else.",
        request: { params },
        responses: { 200: json(SavedSearch, "The search") },
        refusals: [],
      }),
      async (c) => {
        const row = await getSavedSearch(c.var.scope, c.req.valid("param").id);
        return send(c, SavedSearch, row, 200, version(row));
      },
    )
    .openapi(
      createRoute({
        ...allow("savedSearch:update", { reach: "own" }),
        method: "patch",
        path: "/{id}",
        summary: "Change a saved search",
        description:
          "Callers who hold the permission for their own only may change those. Only its owner makes it private.",
        request: { params, body: body(SavedSearchChanges) },
        responses: { 200: json(SavedSearch, "The search as it is now") },
        refusals: [],
      }),
      async (c) => {
        const row = await updateSavedSearch(c.var.scope, c.req.valid("param").id, c.req.valid("json"));
        return send(c, SavedSearch, row, 200, version(row));
      },
    )
    .openapi(
      createRoute({
        ...allow("savedSearch:delete", { reach: "own" }),
        method: "delete",
        path: "/{id}",
        summary: "Delete a saved search",
        description: "It is gone then: there is no trash for it.",
        request: { params },
        responses: { 204: { description: "It is gone" } },
        refusals: [],
      }),
      async (c) => {
        await deleteSavedSearch(c.var.scope, c.req.valid("param").id);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        ...allow("savedSearch:read"),
        method: "post",
        path: "/{id}/uses",
        summary: "Count that a saved search was run",
        description: "Whoever reads it may run it. `sort=popular` goes by the count.",
        request: { params },
        responses: { 200: json(SavedSearch, "The search, with its count") },
        refusals: [PreconditionFailed],
      }),
      async (c) => {
        const row = await useSavedSearch(c.var.scope, c.req.valid("param").id);
        return send(c, SavedSearch, row, 200, version(row));
      },
    );
