import type { Context } from "hono";
import { z } from "zod";
import type { Catalogue } from "../../core/permission.ts";
import { allow, platformAdmin } from "../../http/access.ts";
import type { Env } from "../../http/env.ts";
import { body, createRoute, createRouter, json, organizationParams, problems, send } from "../../http/router.ts";
import { rowId } from "../../http/schemas.ts";
import { createView, deleteView, getView, listViews, updateView } from "./views.ts";
import { View, ViewChanges, ViewList, NewView, PageQuery } from "./schemas.ts";
import type { Space } from "./space.ts";

const one = z.object({ id: rowId });
const ofOrganization = organizationParams.extend({ id: rowId });

const ownCreate = createRoute({
  ...allow("navigation:update"),
  method: "post",
  path: "/views",
  summary: "Create a view",
  tags: ["Navigation"],
  request: { params: organizationParams, body: body(NewView) },
  responses: { ...problems, 201: json(View, "The new view") },
});

const ownIndex = createRoute({
  ...allow("navigation:read"),
  method: "get",
  path: "/views",
  summary: "List the organization's views, and everybody's",
  tags: ["Navigation"],
  request: { params: organizationParams, query: PageQuery },
  responses: { ...problems, 200: json(ViewList, "A page of views, in the order of their making") },
});

const ownRead = createRoute({
  ...allow("navigation:read"),
  method: "get",
  path: "/views/{id}",
  summary: "Read a view",
  tags: ["Navigation"],
  request: { params: ofOrganization },
  responses: { ...problems, 200: json(View, "The view") },
});

const ownUpdate = createRoute({
  ...allow("navigation:update"),
  method: "patch",
  path: "/views/{id}",
  summary: "Change a view",
  tags: ["Navigation"],
  request: { params: ofOrganization, body: body(ViewChanges) },
  responses: { ...problems, 200: json(View, "The view as it is now") },
});

const ownRemove = createRoute({
  ...allow("navigation:update"),
  method: "delete",
  path: "/views/{id}",
  summary: "Delete a view",
  tags: ["Navigation"],
  request: { params: ofOrganization },
  responses: { ...problems, 204: { description: "It is gone" } },
});

const sharedCreate = createRoute({
  ...platformAdmin(),
  method: "post",
  path: "/views",
  summary: "Create a view for everybody",
  tags: ["Administration"],
  request: { body: body(NewView) },
  responses: { ...problems, 201: json(View, "The new view") },
});

const sharedIndex = createRoute({
  ...platformAdmin(),
  method: "get",
  path: "/views",
  summary: "List everybody's views",
  tags: ["Administration"],
  request: { query: PageQuery },
  responses: { ...problems, 200: json(ViewList, "A page of views, in the order of their making") },
});

const sharedRead = createRoute({
  ...platformAdmin(),
  method: "get",
  path: "/views/{id}",
  summary: "Read a view of everybody",
  tags: ["Administration"],
  request: { params: one },
  responses: { ...problems, 200: json(View, "The view") },
});

const sharedUpdate = createRoute({
  ...platformAdmin(),
  method: "patch",
  path: "/views/{id}",
  summary: "Change a view of everybody",
  tags: ["Administration"],
  request: { params: one, body: body(ViewChanges) },
  responses: { ...problems, 200: json(View, "The view as it is now") },
});

const sharedRemove = createRoute({
  ...platformAdmin(),
  method: "delete",
  path: "/views/{id}",
  summary: "Delete a view of everybody",
  tags: ["Administration"],
  request: { params: one },
  responses: { ...problems, 204: { description: "It is gone" } },
});

export const viewRoutes = ({ catalogue }: { catalogue: Catalogue }) =>
  createRouter()
    .openapi(ownCreate, async (c) => {
      const row = await createView(c.var.scope, catalogue, c.req.valid("json"));
      return send(c, View, row, 201, { Location: `/v1/orgs/${c.var.organization.id}/views/${row.id}` });
    })
    .openapi(ownIndex, async (c) =>
      send(c, ViewList, await listViews(c.var.scope, c.req.valid("query"), c.var.gate.cursors), 200),
    )
    .openapi(ownRead, async (c) => send(c, View, await getView(c.var.scope, c.req.valid("param").id), 200))
    .openapi(ownUpdate, async (c) => {
      const { id } = c.req.valid("param");
      const row = await updateView(c.var.scope, catalogue, id, c.req.valid("json"), c.req.header("if-match"));
      return send(c, View, row, 200);
    })
    .openapi(ownRemove, async (c) => {
      await deleteView(c.var.scope, c.req.valid("param").id, c.req.header("if-match"));
      return c.body(null, 204);
    });

export const sharedViewRoutes = ({ catalogue }: { catalogue: Catalogue }) =>
  createRouter()
    .openapi(sharedCreate, async (c) => {
      const row = await createView(everybodys(c), catalogue, c.req.valid("json"));
      return send(c, View, row, 201, { Location: `/v1/admin/views/${row.id}` });
    })
    .openapi(sharedIndex, async (c) =>
      send(c, ViewList, await listViews(everybodys(c), c.req.valid("query"), c.var.gate.cursors), 200),
    )
    .openapi(sharedRead, async (c) => send(c, View, await getView(everybodys(c), c.req.valid("param").id), 200))
    .openapi(sharedUpdate, async (c) => {
      const { id } = c.req.valid("param");
      const row = await updateView(everybodys(c), catalogue, id, c.req.valid("json"), c.req.header("if-match"));
      return send(c, View, row, 200);
    })
    .openapi(sharedRemove, async (c) => {
      await deleteView(everybodys(c), c.req.valid("param").id, c.req.header("if-match"));
      return c.body(null, 204);
    });

const everybodys = (c: Context<Env>): Space => Object.assign(c.var.account, { organizationId: null });
