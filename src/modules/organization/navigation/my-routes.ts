import type { Context } from "hono";
import { allowMembers } from "../../../http/access/declare.ts";
import { PersonRequired } from "../../../http/access/caller.ts";
import type { Env } from "../../../http/env.ts";
import {
  answer,
  body,
  createRoute,
  createRouter,
  json,
  notModified,
  organizationParams,
  send,
} from "../../../http/router.ts";
import { isKnown } from "../../../core/version.ts";
import { type Declared, navigationFor } from "./navigation.ts";
import { Navigation, NewTrailEntry, tag, Trail, TrailEntry, TrailQuery } from "./schemas.ts";
import { clear, recent, track } from "./trail.ts";

export const myRoutes = ({ modules }: { modules: Declared }) =>
  createRouter(tag)
    .openapi(
      createRoute({
        ...allowMembers(),
        method: "get",
        path: "/me/navigation",
        summary: "Read the navigation as you may see it",
        description:
          "Leaves out items whose permission or module you lack. The ETag changes with the tree and with your permissions; If-None-Match is honoured.",
        request: { params: organizationParams },
        responses: {
          200: json(Navigation, "The tree, and where an application starts"),
          304: { description: "It is the version that If-None-Match names" },
        },
        refusals: [],
      }),
      async (c) => {
        const { tree, version } = await navigationFor(c.var.scope, c.var.auth.organization, modules);
        const headers = { ETag: version, "Cache-Control": "private, no-cache" };
        if (isKnown(c.req.header("if-none-match"), version)) return notModified(c, headers);
        return send(c, Navigation, tree, 200, headers);
      },
    )
    .openapi(
      createRoute({
        ...allowMembers(),
        method: "post",
        path: "/me/trail",
        summary: "Record a visit",
        description: "Keeps your last fifty visits for thirty days. For people only.",
        request: { params: organizationParams, body: body(NewTrailEntry) },
        responses: { 201: json(TrailEntry, "The visit") },
        refusals: [PersonRequired],
        unversioned: true,
      }),
      async (c) => {
        const entry = await track(visitor(c), c.req.valid("json"));
        return answer(c, TrailEntry, entry, 201, { Location: `/v1/orgs/${c.var.scope.organizationId}/me/trail` });
      },
    )
    .openapi(
      createRoute({
        ...allowMembers(),
        method: "get",
        path: "/me/trail",
        summary: "List your last visits",
        description: "The last fifty of the last thirty days. For people only.",
        request: { params: organizationParams, query: TrailQuery },
        responses: { 200: json(Trail, "Your visits, newest first") },
        refusals: [PersonRequired],
        unversioned: true,
      }),
      async (c) => answer(c, Trail, await recent(visitor(c), c.req.valid("query"))),
    )
    .openapi(
      createRoute({
        ...allowMembers(),
        method: "delete",
        path: "/me/trail",
        summary: "Delete your visits",
        description: "All of them in this organization. For people only.",
        request: { params: organizationParams },
        responses: { 204: { description: "They are deleted" } },
        refusals: [PersonRequired],
      }),
      async (c) => {
        await clear(visitor(c));
        return c.body(null, 204);
      },
    );

/** @throws 403 for an API key, which visits no pages. */
function visitor(c: Context<Env>) {
  const { scope } = c.var;
  const { principal: caller, organization } = c.var.auth;
  if (caller.type !== "user") throw PersonRequired("An API key leaves no trail: it is about a person.");
  return { scope, principal: caller, access: organization };
}
