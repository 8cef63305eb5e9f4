import type { Catalogue } from "../../../core/access/permission.ts";
import type { RecordAudit } from "../../../core/scope.ts";
import type { Logger } from "../../../ops/log.ts";
import type { Directory } from "../../../directory/directory.ts";
import { signedIn } from "../../../http/access/declare.ts";
import { organizationScope } from "../../../http/access/enter.ts";
import { answer, createRoute, createRouter, json, send } from "../../../http/router.ts";
import { rowId } from "../../../http/schemas.ts";
import { z } from "zod";
import { AlreadyMember, activate } from "../members/index.ts";
import { Invitation } from "./schemas.ts";
import { Closed } from "./invitations.ts";
import {
  acceptInvitation,
  EmailUnverified,
  Accepted,
  invitedTo,
  MyInvitationList,
  MyInvitationQuery,
  myInvitations,
  rejectInvitation,
} from "./received.ts";
import { PreconditionFailed } from "../../../core/problem.ts";
import { tags } from "../../../http/openapi/tags.ts";

const params = z.object({ id: rowId });
export type Ports = { catalogue: Catalogue; directory: Directory; log: Logger; recordAudit: RecordAudit };

export const myRoutes = ({ catalogue, directory, log, recordAudit }: Ports) =>
  createRouter(tags.me)
    .openapi(
      createRoute({
        ...signedIn(),
        method: "get",
        path: "/",
        summary: "List the open invitations to your address",
        description: "Newest first. Your address must be verified: knowing it doesn't prove that it is yours.",
        request: { query: MyInvitationQuery },
        responses: { 200: json(MyInvitationList, "A page of invitations") },
        refusals: [EmailUnverified],
      }),
      async (c) => {
        const page = await myInvitations(c.var.account, directory, c.var.auth.person, c.req.valid("query"));
        return send(c, MyInvitationList, page, 200);
      },
    )
    .openapi(
      createRoute({
        ...signedIn(),
        method: "post",
        path: "/{id}/accept",
        summary: "Accept an invitation",
        description: "The organization becomes the session's active one.",
        request: { params },
        responses: { 200: json(Accepted, "The invitation and the membership") },
        refusals: [EmailUnverified, AlreadyMember, Closed, PreconditionFailed],
        unversioned: true,
      }),
      async (c) => {
        const { origin } = c.var;
        const { person } = c.var.auth;
        const { id } = c.req.valid("param");
        const scope = organizationScope(c, person, await invitedTo(directory, person, id));
        const accepted = await acceptInvitation(scope, person, id, { catalogue, recordAudit, origin });
        await activate({ directory, log }, c.req.raw.headers, scope.organizationId);
        return answer(c, Accepted, accepted);
      },
    )
    .openapi(
      createRoute({
        ...signedIn(),
        method: "post",
        path: "/{id}/reject",
        summary: "Decline an invitation",
        description: "It can't be accepted any more. Its sender sees that it was declined.",
        request: { params },
        responses: { 200: json(Invitation, "The invitation as it is now") },
        refusals: [EmailUnverified, Closed, PreconditionFailed],
        unversioned: true,
      }),
      async (c) => {
        const { person } = c.var.auth;
        const { id } = c.req.valid("param");
        const scope = organizationScope(c, person, await invitedTo(directory, person, id));
        return answer(c, Invitation, await rejectInvitation(scope, person, id));
      },
    );
