import { z } from "zod";
import type { Catalogue } from "../../../core/access/permission.ts";
import { allow } from "../../../http/access/declare.ts";
import type { Module } from "../../../http/module.ts";
import { answer, body, createRoute, createRouter, json, organizationParams, send } from "../../../http/router.ts";
import { listPermissions, PermissionList } from "./catalogue.ts";
import { entryRoutes } from "./entry-routes.ts";
import { createRole, deleteRole, getRole, listRoles, updateRole } from "./roles.ts";
import { NewRole, Role, RoleChanges, RoleList, RoleQuery, tag } from "./schemas.ts";
import { BuiltIn, EntryLocked, InUse, NameTaken } from "./checks.ts";
import { PermissionBeyondYours, RoleBeyondYours } from "./grants.ts";

const params = organizationParams.extend({ role: z.string().meta({ description: "The role's name" }) });

export type Ports = { catalogue: Catalogue; modules: readonly Pick<Module, "owners">[] };

export const routes = ({ catalogue }: Pick<Ports, "catalogue">) =>
  createRouter(tag)
    .openapi(
      createRoute({
        ...allow("role:read"),
        method: "get",
        path: "/",
        summary: "List roles",
        description: "The built-in ones, then the organization's own by name.",
        request: { params: organizationParams, query: RoleQuery },
        responses: { 200: json(RoleList, "A page of roles") },
        refusals: [],
      }),
      async (c) => send(c, RoleList, await listRoles(c.var.scope, catalogue, c.req.valid("query")), 200),
    )
    .openapi(
      createRoute({
        ...allow("role:create"),
        method: "post",
        path: "/",
        summary: "Create a role",
        description: "You can't grant what you don't hold.",
        request: { params: organizationParams, body: body(NewRole) },
        responses: { 201: json(Role, "The new role") },
        refusals: [NameTaken, PermissionBeyondYours],
      }),
      async (c) => {
        const { organization: access } = c.var.auth;
        const role = await createRole(c.var.scope, { access, catalogue }, c.req.valid("json"));
        return send(c, Role, role, 201, { Location: `/v1/orgs/${access.id}/roles/${role.name}` });
      },
    )
    .openapi(
      createRoute({
        ...allow("role:read"),
        method: "get",
        path: "/{role}",
        summary: "Read a role",
        description: "A built-in one, or one of the organization's own.",
        request: { params },
        responses: { 200: json(Role, "The role") },
        refusals: [],
      }),
      async (c) => send(c, Role, await getRole(c.var.scope, catalogue, c.req.valid("param").role), 200),
    )
    .openapi(
      createRoute({
        ...allow("role:update"),
        method: "patch",
        path: "/{role}",
        summary: "Change a role's name or description",
        description: "A role that someone has keeps its name. Built-in roles can't be changed.",
        request: { params, body: body(RoleChanges) },
        responses: { 200: json(Role, "The role as it is now") },
        refusals: [BuiltIn, NameTaken, InUse, RoleBeyondYours],
      }),
      async (c) => {
        const by = { access: c.var.auth.organization, catalogue };
        return send(c, Role, await updateRole(c.var.scope, by, c.req.valid("param").role, c.req.valid("json")), 200);
      },
    )
    .openapi(
      createRoute({
        ...allow("role:delete"),
        method: "delete",
        path: "/{role}",
        summary: "Delete a role that nobody has",
        description:
          "409 `role_in_use` while a member, an open invitation or the organization's default role names it.",
        request: { params },
        responses: { 204: { description: "It is deleted" } },
        refusals: [BuiltIn, InUse, EntryLocked, RoleBeyondYours],
      }),
      async (c) => {
        await deleteRole(c.var.scope, { access: c.var.auth.organization, catalogue }, c.req.valid("param").role);
        return c.body(null, 204);
      },
    )
    .route("/", entryRoutes({ catalogue }));

export const permissionRoutes = ({ catalogue, modules }: Ports) =>
  createRouter(tag).openapi(
    createRoute({
      ...allow("role:read"),
      method: "get",
      path: "/",
      summary: "List all permissions",
      description: "Every permission of every module, and whether the organization is entitled to it.",
      request: { params: organizationParams },
      responses: { 200: json(PermissionList, "All of them") },
      refusals: [],
      unversioned: true,
    }),
    async (c) => answer(c, PermissionList, await listPermissions(c.var.scope, catalogue, modules)),
  );
