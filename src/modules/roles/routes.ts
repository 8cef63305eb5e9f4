import type { Catalogue } from "../../core/permission.ts";
import { allow } from "../../http/access.ts";
import { body, createRoute, createRouter, json, organizationParams, problems, send } from "../../http/router.ts";
import { z } from "zod";
import { listPermissions, PermissionList } from "./catalogue.ts";
import { entryRoutes } from "./entry-routes.ts";
import { createRole, deleteRole, getRole, listRoles, updateRole } from "./roles.ts";
import { NewRole, Role, RoleChanges, RoleList, RoleQuery } from "./schemas.ts";

const params = organizationParams.extend({ role: z.string().meta({ description: "The role's name" }) });
const tags = ["Roles"];

const index = createRoute({
  ...allow("role:read"),
  method: "get",
  path: "/",
  summary: "List roles",
  description: "The built-in ones, then the organization's own by name.",
  tags,
  request: { params: organizationParams, query: RoleQuery },
  responses: { ...problems, 200: json(RoleList, "A page of roles") },
});

const create = createRoute({
  ...allow("role:create"),
  method: "post",
  path: "/",
  summary: "Create a role",
  description: "Nobody grants what they don't hold themselves.",
  tags,
  request: { params: organizationParams, body: body(NewRole) },
  responses: { ...problems, 201: json(Role, "The new role") },
});

const read = createRoute({
  ...allow("role:read"),
  method: "get",
  path: "/{role}",
  summary: "Read a role",
  tags,
  request: { params },
  responses: { ...problems, 200: json(Role, "The role") },
});

const update = createRoute({
  ...allow("role:update"),
  method: "patch",
  path: "/{role}",
  summary: "Change a role's name or description",
  description: "A role that somebody has keeps its name, and a built-in one all.",
  tags,
  request: { params, body: body(RoleChanges) },
  responses: { ...problems, 200: json(Role, "The role as it is now") },
});

const remove = createRoute({
  ...allow("role:delete"),
  method: "delete",
  path: "/{role}",
  summary: "Delete a role that nobody has",
  tags,
  request: { params },
  responses: { ...problems, 204: { description: "It is gone" } },
});

type Ports = { catalogue: Catalogue };

export const routes = ({ catalogue }: Ports) =>
  createRouter()
    .openapi(index, async (c) =>
      send(c, RoleList, await listRoles(c.var.scope, catalogue, c.req.valid("query"), c.var.gate.cursors), 200),
    )
    .openapi(create, async (c) => {
      const { organization: access, scope } = c.var;
      const role = await createRole(scope, { access, catalogue }, c.req.valid("json"));
      return send(c, Role, role, 201, { Location: `/v1/orgs/${access.id}/roles/${role.name}` });
    })
    .openapi(read, async (c) => send(c, Role, await getRole(c.var.scope, catalogue, c.req.valid("param").role), 200))
    .openapi(update, async (c) => {
      const by = { access: c.var.organization, catalogue };
      const { role } = c.req.valid("param");
      return send(c, Role, await updateRole(c.var.scope, by, role, c.req.valid("json"), c.req.header("if-match")), 200);
    })
    .openapi(remove, async (c) => {
      const by = { access: c.var.organization, catalogue };
      await deleteRole(c.var.scope, by, c.req.valid("param").role, c.req.header("if-match"));
      return c.body(null, 204);
    })
    .route("/", entryRoutes({ catalogue }));

const catalogued = createRoute({
  ...allow("role:read"),
  method: "get",
  path: "/",
  summary: "List every permission that there is",
  tags,
  request: { params: organizationParams },
  responses: { ...problems, 200: json(PermissionList, "All of them") },
});

export const permissionRoutes = ({ catalogue }: Ports) =>
  createRouter().openapi(catalogued, async (c) =>
    send(c, PermissionList, await listPermissions(c.var.scope, catalogue), 200),
  );
