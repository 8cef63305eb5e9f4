import type { Context } from "hono";
import { z } from "zod";

import { allow, platformAdmin } from "../../http/access.ts";
import type { Env } from "../../http/env.ts";
import { body, createRoute, createRouter, json, organizationParams, problems, send } from "../../http/router.ts";
import { rowId } from "../../http/schemas.ts";
import { createMenuItem, deleteMenuItem, getMenuItem, listMenuItems, updateMenuItem } from "./menu-items.ts";
import { MenuItem, MenuItemChanges, MenuItemList, NewMenuItem, PageQuery } from "./schemas.ts";
import type { Space } from "./space.ts";

const one = z.object({ id: rowId });
const ofOrganization = organizationParams.extend({ id: rowId });

const ownCreate = createRoute({
  ...allow("navigation:update"),
  method: "post",
  path: "/menu-items",
  summary: "Create a menu item",
  tags: ["Navigation"],
  request: { params: organizationParams, body: body(NewMenuItem) },
  responses: { ...problems, 201: json(MenuItem, "The new menu item") },
});

const ownIndex = createRoute({
  ...allow("navigation:read"),
  method: "get",
  path: "/menu-items",
  summary: "List the organization's menu items, and everybody's",
  tags: ["Navigation"],
  request: { params: organizationParams, query: PageQuery },
  responses: { ...problems, 200: json(MenuItemList, "A page of menu items, in the order of their making") },
});

const ownRead = createRoute({
  ...allow("navigation:read"),
  method: "get",
  path: "/menu-items/{id}",
  summary: "Read a menu item",
  tags: ["Navigation"],
  request: { params: ofOrganization },
  responses: { ...problems, 200: json(MenuItem, "The menu item") },
});

const ownUpdate = createRoute({
  ...allow("navigation:update"),
  method: "patch",
  path: "/menu-items/{id}",
  summary: "Change a menu item",
  tags: ["Navigation"],
  request: { params: ofOrganization, body: body(MenuItemChanges) },
  responses: { ...problems, 200: json(MenuItem, "The menu item as it is now") },
});

const ownRemove = createRoute({
  ...allow("navigation:update"),
  method: "delete",
  path: "/menu-items/{id}",
  summary: "Delete a menu item",
  tags: ["Navigation"],
  request: { params: ofOrganization },
  responses: { ...problems, 204: { description: "It is gone" } },
});

const sharedCreate = createRoute({
  ...platformAdmin(),
  method: "post",
  path: "/menu-items",
  summary: "Create a menu item for everybody",
  tags: ["Administration"],
  request: { body: body(NewMenuItem) },
  responses: { ...problems, 201: json(MenuItem, "The new menu item") },
});

const sharedIndex = createRoute({
  ...platformAdmin(),
  method: "get",
  path: "/menu-items",
  summary: "List everybody's menu items",
  tags: ["Administration"],
  request: { query: PageQuery },
  responses: { ...problems, 200: json(MenuItemList, "A page of menu items, in the order of their making") },
});

const sharedRead = createRoute({
  ...platformAdmin(),
  method: "get",
  path: "/menu-items/{id}",
  summary: "Read a menu item of everybody",
  tags: ["Administration"],
  request: { params: one },
  responses: { ...problems, 200: json(MenuItem, "The menu item") },
});

const sharedUpdate = createRoute({
  ...platformAdmin(),
  method: "patch",
  path: "/menu-items/{id}",
  summary: "Change a menu item of everybody",
  tags: ["Administration"],
  request: { params: one, body: body(MenuItemChanges) },
  responses: { ...problems, 200: json(MenuItem, "The menu item as it is now") },
});

const sharedRemove = createRoute({
  ...platformAdmin(),
  method: "delete",
  path: "/menu-items/{id}",
  summary: "Delete a menu item of everybody",
  tags: ["Administration"],
  request: { params: one },
  responses: { ...problems, 204: { description: "It is gone" } },
});

export const menuItemRoutes = () =>
  createRouter()
    .openapi(ownCreate, async (c) => {
      const row = await createMenuItem(c.var.scope, c.req.valid("json"));
      return send(c, MenuItem, row, 201, { Location: `/v1/orgs/${c.var.organization.id}/menu-items/${row.id}` });
    })
    .openapi(ownIndex, async (c) =>
      send(c, MenuItemList, await listMenuItems(c.var.scope, c.req.valid("query"), c.var.gate.cursors), 200),
    )
    .openapi(ownRead, async (c) => send(c, MenuItem, await getMenuItem(c.var.scope, c.req.valid("param").id), 200))
    .openapi(ownUpdate, async (c) => {
      const { id } = c.req.valid("param");
      const row = await updateMenuItem(c.var.scope, id, c.req.valid("json"), c.req.header("if-match"));
      return send(c, MenuItem, row, 200);
    })
    .openapi(ownRemove, async (c) => {
      await deleteMenuItem(c.var.scope, c.req.valid("param").id, c.req.header("if-match"));
      return c.body(null, 204);
    });

export const sharedMenuItemRoutes = () =>
  createRouter()
    .openapi(sharedCreate, async (c) => {
      const row = await createMenuItem(everybodys(c), c.req.valid("json"));
      return send(c, MenuItem, row, 201, { Location: `/v1/admin/menu-items/${row.id}` });
    })
    .openapi(sharedIndex, async (c) =>
      send(c, MenuItemList, await listMenuItems(everybodys(c), c.req.valid("query"), c.var.gate.cursors), 200),
    )
    .openapi(sharedRead, async (c) => send(c, MenuItem, await getMenuItem(everybodys(c), c.req.valid("param").id), 200))
    .openapi(sharedUpdate, async (c) => {
      const { id } = c.req.valid("param");
      const row = await updateMenuItem(everybodys(c), id, c.req.valid("json"), c.req.header("if-match"));
      return send(c, MenuItem, row, 200);
    })
    .openapi(sharedRemove, async (c) => {
      await deleteMenuItem(everybodys(c), c.req.valid("param").id, c.req.header("if-match"));
      return c.body(null, 204);
    });

const everybodys = (c: Context<Env>): Space => Object.assign(c.var.account, { organizationId: null });
