import { FreshSignInRequired } from "../../../core/assurance.ts";
import { z } from "zod";
import type { Catalogue } from "../../../core/access/permission.ts";
import type { OrganizationAccess } from "../../../core/principal.ts";
import type { Directory } from "../../../directory/directory.ts";
import { NotFound, notFound } from "../../../core/problem.ts";
import { allow, allowMembers, platformAdmin } from "../../../http/access/declare.ts";
import { organizationScope } from "../../../http/access/enter.ts";
import { requirePermission } from "../../../http/access/refuse.ts";
import { answer, body, createRoute, createRouter, json, organizationParams, send } from "../../../http/router.ts";
import { rowId } from "../../../http/schemas.ts";
import { Effective, ExplainQuery, memberPermissions, type PermissionPorts } from "../../account/me/index.ts";
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
import { LastOwner } from "../../../directory/refusals.ts";
import { grantor, RoleBeyondYours } from "../roles/index.ts";
import { tags } from "../../../http/openapi/tags.ts";

const params = organizationParams.extend({
  id: rowId.meta({ description: "The membership's id, or `me` for one's own" }),
});

export type Ports = { catalogue: Catalogue; directory: Pick<Directory, "findOrganization"> } & PermissionPorts;

/** @throws 404 for `me` of an API key, which is no member. */
function membershipId(access: OrganizationAccess, id: string): string {
  if (id !== "me") return id;
  if (access.memberId === null) throw notFound();
  return access.memberId;
}

export const routes = ({ catalogue, standing }: Ports) =>
  createRouter({ name: "Members", description: "Who is in an organization, and by which roles." })
    .openapi(
      createRoute({
        ...allow("member:read"),
        method: "get",
        path: "/",
        summary: "List members",
        description: "In the order in which they joined, or the other way round.",
        request: { params: organizationParams, query: MemberQuery },
        responses: { 200: json(MemberList, "A page of members") },
        refusals: [],
      }),
      async (c) => send(c, MemberList, await listMembers(c.var.scope, c.req.valid("query")), 200),
    )
    .openapi(
      createRoute({
        ...allow("member:read"),
        method: "get",
        path: "/{id}",
        summary: "Read a member",
        description: "`me` is the caller's own membership; 404 for an API key, which has none.",
        request: { params },
        responses: { 200: json(Member, "The member") },
        refusals: [],
      }),
      async (c) => {
        const id = membershipId(c.var.auth.organization, c.req.valid("param").id);
        return send(c, Member, await getMember(c.var.scope, id), 200);
      },
    )
    .openapi(
      createRoute({
        ...allow("member:read"),
        method: "get",
        path: "/{id}/permissions",
        summary: "What a member may do",
        description:
          "With `explain=` also how one permission was decided: role, entry, module. Needs `role:read` too, since it shows roles.",
        request: { params, query: ExplainQuery },
        responses: { 200: json(Effective, "Their permissions") },
        refusals: [],
        unversioned: true,
      }),
      async (c) => {
        const { organization: access } = c.var.auth;
        requirePermission(access, "role:read");
        const { userId } = await getMember(c.var.scope, membershipId(access, c.req.valid("param").id));
        const { explain } = c.req.valid("query");
        return answer(c, Effective, await memberPermissions({ catalogue, standing }, userId, access, explain));
      },
    )
    .openapi(
      createRoute({
        ...allow("member:update"),
        method: "patch",
        path: "/{id}",
        summary: "Change a member's roles",
        description:
          "You can't give or take a role that grants what you don't hold. The last owner stays one. Making an owner takes a recent sign-in.",
        request: { params, body: body(MemberChanges) },
        responses: { 200: json(Member, "The member as it is now") },
        refusals: [RoleBeyondYours, LastOwner, FreshSignInRequired],
      }),
      async (c) => {
        const by = { ...grantor(c), catalogue };
        const id = membershipId(by.access, c.req.valid("param").id);
        return send(c, Member, await changeRole(c.var.scope, by, id, c.req.valid("json")), 200);
      },
    )
    .openapi(
      createRoute({
        ...allowMembers({ withoutSecondFactor: true }),
        method: "delete",
        path: "/me",
        summary: "Leave the organization",
        description:
          "Whatever your role, and also without the second factor that it requires. The last owner can't leave: 409 `last_owner`.",
        request: { params: organizationParams },
        responses: { 204: { description: "You are no longer a member" } },
        refusals: [NotFound, LastOwner],
      }),
      async (c) => {
        const { organization: access } = c.var.auth;
        await removeMember(c.var.scope, { access, catalogue }, membershipId(access, "me"));
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        ...allow("member:delete"),
        method: "delete",
        path: "/{id}",
        summary: "Remove a member",
        description: "You can't remove someone whose roles grant what you don't hold. The last owner stays.",
        request: { params },
        responses: { 204: { description: "They are no longer a member" } },
        refusals: [RoleBeyondYours, LastOwner],
      }),
      async (c) => {
        const by = { access: c.var.auth.organization, catalogue };
        await removeMember(c.var.scope, by, c.req.valid("param").id);
        return c.body(null, 204);
      },
    );

export const adminRoutes = ({ directory }: Pick<Ports, "directory">) =>
  createRouter(tags.administration).openapi(
    createRoute({
      ...platformAdmin(),
      method: "get",
      path: "/",
      summary: "List any organization's members",
      description: "For platform administrators, who need not be members.",
      request: {
        params: z.object({ orgId: z.string().meta({ description: "The organization's id" }) }),
        query: MemberQuery,
      },
      responses: { 200: json(MemberList, "A page of members") },
      refusals: [],
    }),
    async (c) => {
      const { orgId: id } = c.req.valid("param");
      if ((await directory.findOrganization({ by: "id", id })) === null) throw notFound();
      const scope = organizationScope(c, c.var.auth.person, id);
      return send(c, MemberList, await listMembers(scope, c.req.valid("query")), 200);
    },
  );
