import { z } from "zod";
import type { Catalogue, Permission } from "../../core/permission.ts";
import { allow, organizationScope, platformAdmin } from "../../http/access.ts";
import { body, createRoute, createRouter, json, organizationParams, problems, send } from "../../http/router.ts";
import { getEntries, getEntry, replaceEntries, setEntry, setLocks } from "./entries.ts";
import { NewRoleEntries, RoleEntries, RoleEntryChange, RoleEntryState } from "./schemas.ts";

const role = z.string().meta({ description: "The role's name" });
const params = organizationParams.extend({ role });
const entryParams = params.extend({ permission: z.string().meta({ example: "project:read" }) });
const tags = ["Roles"];

const read = createRoute({
  ...allow("role:read"),
  method: "get",
  path: "/{role}/permissions",
  summary: "Read what a role says",
  tags,
  request: { params },
  responses: { ...problems, 200: json(RoleEntries, "All of its entries") },
});

const replace = createRoute({
  ...allow("role:update"),
  method: "put",
  path: "/{role}/permissions",
  summary: "Replace all that a role says",
  description:
    "All or nothing. Locked entries stay as they are and are sent along. Nobody gives or takes what they don't hold.",
  tags,
  request: { params, body: body(NewRoleEntries) },
  responses: { ...problems, 200: json(RoleEntries, "All of its entries as they are now") },
});

const readOne = createRoute({
  ...allow("role:read"),
  method: "get",
  path: "/{role}/permissions/{permission}",
  summary: "Read what a role says of one permission",
  tags,
  request: { params: entryParams },
  responses: { ...problems, 200: json(RoleEntryState, "The entry") },
});

const change = createRoute({
  ...allow("role:update"),
  method: "patch",
  path: "/{role}/permissions/{permission}",
  summary: "Change what a role says of one permission",
  tags,
  request: { params: entryParams, body: body(RoleEntryChange) },
  responses: { ...problems, 200: json(RoleEntryState, "The entry as it is now") },
});

type Ports = { catalogue: Catalogue };

export const entryRoutes = ({ catalogue }: Ports) =>
  createRouter()
    .openapi(read, async (c) =>
      send(c, RoleEntries, await getEntries(c.var.scope, catalogue, c.req.valid("param").role), 200),
    )
    .openapi(replace, async (c) => {
      const by = { access: c.var.organization, catalogue };
      const { role } = c.req.valid("param");
      const entries = await replaceEntries(c.var.scope, by, role, c.req.valid("json"), c.req.header("if-match"));
      return send(c, RoleEntries, entries, 200);
    })
    .openapi(readOne, async (c) => {
      const { role, permission } = c.req.valid("param");
      return send(c, RoleEntryState, await getEntry(c.var.scope, catalogue, role, permission as Permission), 200);
    })
    .openapi(change, async (c) => {
      const by = { access: c.var.organization, catalogue };
      const { role, permission } = c.req.valid("param");
      const [input, ifMatch] = [c.req.valid("json"), c.req.header("if-match")];
      const entry = await setEntry(c.var.scope, by, role, permission as Permission, input, ifMatch);
      return send(c, RoleEntryState, entry, 200);
    });

const lockParams = z.object({ orgId: z.string().meta({ description: "The organization's id" }), role });

const inspect = createRoute({
  ...platformAdmin(),
  method: "get",
  path: "/{role}/locks",
  summary: "Read what a role of any organization says, and what of it is locked",
  tags: ["Administration"],
  request: { params: lockParams },
  responses: { ...problems, 200: json(RoleEntries, "All of its entries") },
});

const lock = createRoute({
  ...platformAdmin(),
  method: "put",
  path: "/{role}/locks",
  summary: "Lock entries of an organization's role",
  description: "These are set and locked, and no others stay locked: the organization can't change what is locked.",
  tags: ["Administration"],
  request: { params: lockParams, body: body(NewRoleEntries) },
  responses: { ...problems, 200: json(RoleEntries, "All of its entries as they are now") },
});

export const lockRoutes = ({ catalogue }: Ports) =>
  createRouter()
    .openapi(inspect, async (c) => {
      const { orgId, role } = c.req.valid("param");
      const scope = organizationScope(c, c.var.principal, orgId);
      return send(c, RoleEntries, await getEntries(scope, catalogue, role), 200);
    })
    .openapi(lock, async (c) => {
      const { orgId, role } = c.req.valid("param");
      const scope = organizationScope(c, c.var.principal, orgId);
      const entries = await setLocks(scope, catalogue, role, c.req.valid("json"), c.req.header("if-match"));
      return send(c, RoleEntries, entries, 200);
    });
