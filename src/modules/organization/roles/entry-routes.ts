import { z } from "zod";
import type { Catalogue, Permission } from "../../../core/access/permission.ts";
import { allow, platformAdmin } from "../../../http/access/declare.ts";
import { organizationScope } from "../../../http/access/enter.ts";
import { body, createRoute, createRouter, json, organizationParams, send } from "../../../http/router.ts";
import { getEntries, getEntry, getLocks, replaceEntries, setEntry, setLocks } from "./entries.ts";
import { NewRoleEntries, RoleEntries, RoleEntryChange, RoleEntryState, tag } from "./schemas.ts";
import { Invalid } from "../../../core/problem.ts";
import { BuiltIn, EntryLocked } from "./checks.ts";
import { PermissionBeyondYours, RoleBeyondYours } from "./grants.ts";
import { tags } from "../../../http/openapi/tags.ts";

const role = z.string().meta({ description: "The role's name" });
const params = organizationParams.extend({ role });
const entryParams = params.extend({
  permission: z.string().meta({ description: "As `resource:action`", example: "project:read" }),
});
const lockParams = z.object({ orgId: z.string().meta({ description: "The organization's id" }), role });

const writing = [BuiltIn, EntryLocked, PermissionBeyondYours, RoleBeyondYours];

type Ports = { catalogue: Catalogue };

export const entryRoutes = ({ catalogue }: Ports) =>
  createRouter(tag)
    .openapi(
      createRoute({
        ...allow("role:read"),
        method: "get",
        path: "/{role}/permissions",
        summary: "List a role's entries",
        description: "What the role allows and denies. A built-in role has them too.",
        request: { params },
        responses: { 200: json(RoleEntries, "All of its entries") },
        refusals: [],
      }),
      async (c) => send(c, RoleEntries, await getEntries(c.var.scope, catalogue, c.req.valid("param").role), 200),
    )
    .openapi(
      createRoute({
        ...allow("role:update"),
        method: "put",
        path: "/{role}/permissions",
        summary: "Replace a role's entries",
        description:
          "All or nothing. Send locked entries along unchanged. You can't give or take what you don't hold yourself.",
        request: { params, body: body(NewRoleEntries) },
        responses: { 200: json(RoleEntries, "All of its entries as they are now") },
        refusals: writing,
      }),
      async (c) => {
        const by = { access: c.var.auth.organization, catalogue };
        const entries = await replaceEntries(c.var.scope, by, c.req.valid("param").role, c.req.valid("json"));
        return send(c, RoleEntries, entries, 200);
      },
    )
    .openapi(
      createRoute({
        ...allow("role:read"),
        method: "get",
        path: "/{role}/permissions/{permission}",
        summary: "Read a role's entry for one permission",
        description: "`effect` is `inherit` where the role says nothing about the permission.",
        request: { params: entryParams },
        responses: { 200: json(RoleEntryState, "The entry") },
        refusals: [Invalid],
      }),
      async (c) => {
        const { role, permission } = c.req.valid("param");
        return send(c, RoleEntryState, await getEntry(c.var.scope, catalogue, role, permission as Permission), 200);
      },
    )
    .openapi(
      createRoute({
        ...allow("role:update"),
        method: "patch",
        path: "/{role}/permissions/{permission}",
        summary: "Change a role's entry for one permission",
        description:
          "`inherit` removes the entry. A locked entry can't be changed, and you can't give or take what you don't hold.",
        request: { params: entryParams, body: body(RoleEntryChange) },
        responses: { 200: json(RoleEntryState, "The entry as it is now") },
        refusals: writing,
      }),
      async (c) => {
        const by = { access: c.var.auth.organization, catalogue };
        const { role, permission } = c.req.valid("param");
        const entry = await setEntry(c.var.scope, by, role, permission as Permission, c.req.valid("json"));
        return send(c, RoleEntryState, entry, 200);
      },
    );

export const lockRoutes = ({ catalogue }: Ports) =>
  createRouter(tags.administration)
    .openapi(
      createRoute({
        ...platformAdmin(),
        method: "get",
        path: "/{role}/locks",
        summary: "List the entries of a role of any organization, with their locks",
        description: "For platform administrators, who need not be members.",
        request: { params: lockParams },
        responses: { 200: json(RoleEntries, "All of its entries") },
        refusals: [],
      }),
      async (c) => {
        const { orgId, role } = c.req.valid("param");
        const scope = organizationScope(c, c.var.auth.person, orgId);
        return send(c, RoleEntries, await getLocks(scope, catalogue, role), 200);
      },
    )
    .openapi(
      createRoute({
        ...platformAdmin({ fresh: true }),
        method: "put",
        path: "/{role}/locks",
        summary: "Lock entries of an organization's role",
        description: "Sets and locks these entries and unlocks all others. The organization can't change locked ones.",
        request: { params: lockParams, body: body(NewRoleEntries) },
        responses: { 200: json(RoleEntries, "All of its entries as they are now") },
        refusals: [BuiltIn],
      }),
      async (c) => {
        const { orgId, role } = c.req.valid("param");
        const scope = organizationScope(c, c.var.auth.person, orgId);
        return send(c, RoleEntries, await setLocks(scope, catalogue, role, c.req.valid("json")), 200);
      },
    );
