import type { Context } from "hono";
import { allowMembers, PersonRequired } from "../../http/access.ts";
import type { Env } from "../../http/env.ts";
import {
  body,
  createRoute,
  createRouter,
  isKnown,
  json,
  notModified,
  organizationParams,
  problems,
  send,
} from "../../http/router.ts";
import { type Declared, navigationFor } from "./navigation.ts";
import { Navigation, NewTrailEntry, Trail, TrailEntry, TrailQuery } from "./schemas.ts";
import { clear, recent, track } from "./trail.ts";

const tags = ["Navigation"];

const navigation = createRoute({
  ...allowMembers(),
  method: "get",
  path: "/me/navigation",
  summary: "The navigation as you may see it",
  description:
    "What you lack the permission for, or the organization the module, is left out. The ETag changes with the tree and with your permissions; If-None-Match is honoured.",
  tags,
  request: { params: organizationParams },
  responses: {
    ...problems,
    200: json(Navigation, "The tree, and where an application starts"),
    304: { description: "It is what If-None-Match names" },
  },
});

const visit = createRoute({
  ...allowMembers(),
  method: "post",
  path: "/me/trail",
  summary: "Note where you are",
  description: "Fifty visits are kept, for thirty days. For people only.",
  tags,
  request: { params: organizationParams, body: body(NewTrailEntry) },
  responses: { ...problems, 201: json(TrailEntry, "The visit") },
});

const trail = createRoute({
  ...allowMembers(),
  method: "get",
  path: "/me/trail",
  summary: "Where you have been lately",
  tags,
  request: { params: organizationParams, query: TrailQuery },
  responses: { ...problems, 200: json(Trail, "Your visits, the latest first") },
});

const forget = createRoute({
  ...allowMembers(),
  method: "delete",
  path: "/me/trail",
  summary: "Forget where you have been",
  tags,
  request: { params: organizationParams },
  responses: { ...problems, 204: { description: "It is forgotten" } },
});

export const myRoutes = ({ modules }: { modules: Declared }) =>
  createRouter()
    .openapi(navigation, async (c) => {
      const { shown, version } = await navigationFor(c.var.scope, c.var.organization, modules);
      const headers = { ETag: version, "Cache-Control": "private, no-cache" };
      if (isKnown(c.req.header("if-none-match"), version)) return notModified(c, headers);
      return send(c, Navigation, shown, 200, headers);
    })
    .openapi(visit, async (c) => send(c, TrailEntry, await track(visitor(c), c.req.valid("json")), 201))
    .openapi(trail, async (c) => send(c, Trail, await recent(visitor(c), c.req.valid("query")), 200))
    .openapi(forget, async (c) => {
      await clear(visitor(c));
      return c.body(null, 204);
    });

/** @throws 403 for a key: it goes nowhere. */
function visitor(c: Context<Env>) {
  const { caller, scope, organization } = c.var;
  if (caller.type !== "user") throw PersonRequired("An API key leaves no trail: it is about a person.");
  return { scope, principal: caller, access: organization };
}
