import type { Catalogue } from "../../core/permission.ts";
import type { OrganizationAccess } from "../../core/principal.ts";
import { notFound } from "../../core/problem.ts";
import { allow } from "../../http/access.ts";
import { body, createRoute, createRouter, json, organizationParams, problems, send } from "../../http/router.ts";
import { rowId } from "../../http/schemas.ts";
import {
  changeRole,
  getMember,
  listMembers,
  Member,
  MemberChanges,
  MemberList,
  MemberQuery,
  removeMember,
} from "./members.ts";

const params = organizationParams.extend({
  id: rowId.meta({ description: "The membership's id, or `me` for one's own" }),
});
const tags = ["Members"];

const index = createRoute({
  ...allow("member:read"),
  method: "get",
  path: "/",
  summary: "List members",
  tags,
  request: { params: organizationParams, query: MemberQuery },
  responses: { ...problems, 200: json(MemberList, "A page of members") },
});

const read = createRoute({
  ...allow("member:read"),
  method: "get",
  path: "/{id}",
  summary: "Read a member",
  tags,
  request: { params },
  responses: { ...problems, 200: json(Member, "The member") },
});

const update = createRoute({
  ...allow("member:update"),
  method: "patch",
  path: "/{id}",
  summary: "Change a member's roles",
  description: "Nobody gives or takes a role that grants what they don't hold themselves. The last owner stays one.",
  tags,
  request: { params, body: body(MemberChanges) },
  responses: { ...problems, 200: json(Member, "The member as it is now") },
});

const leave = createRoute({
  ...allow("organization:read"),
  method: "delete",
  path: "/me",
  summary: "Leave the organization",
  tags,
  request: { params: organizationParams },
  responses: { ...problems, 204: { description: "You are no longer a member" } },
});

const remove = createRoute({
  ...allow("member:delete"),
  method: "delete",
  path: "/{id}",
  summary: "Remove a member",
  tags,
  request: { params },
  responses: { ...problems, 204: { description: "They are no longer a member" } },
});

type Ports = { catalogue: Catalogue };

/** @throws 404 for `me` of an API key, which is no member. */
function named(access: OrganizationAccess, id: string): string {
  if (id !== "me") return id;
  if (access.memberId === null) throw notFound();
  return access.memberId;
}

export const routes = ({ catalogue }: Ports) =>
  createRouter()
    .openapi(index, async (c) =>
      send(c, MemberList, await listMembers(c.var.scope, c.req.valid("query"), c.var.gate.cursors), 200),
    )
    .openapi(read, async (c) =>
      send(c, Member, await getMember(c.var.scope, named(c.var.organization, c.req.valid("param").id)), 200),
    )
    .openapi(update, async (c) => {
      const { organization: access, scope } = c.var;
      const id = named(access, c.req.valid("param").id);
      const row = await changeRole(scope, { access, catalogue }, id, c.req.valid("json"), c.req.header("if-match"));
      return send(c, Member, row, 200);
    })
    .openapi(leave, async (c) => {
      const { organization: access, scope } = c.var;
      await removeMember(scope, { access, catalogue }, named(access, "me"), c.req.header("if-match"));
      return c.body(null, 204);
    })
    .openapi(remove, async (c) => {
      const { organization: access, scope } = c.var;
      await removeMember(scope, { access, catalogue }, c.req.valid("param").id, c.req.header("if-match"));
      return c.body(null, 204);
    });
