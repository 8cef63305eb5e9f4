import { mailing, mailRules } from "../../../mail/limits.ts";
import { describeMail } from "../../../mail/letter.ts";
import type { Post } from "../../../mail/outbox.ts";
import { askedLanguage } from "../../../core/language.ts";
import { FreshSignInRequired } from "../../../core/assurance.ts";
import type { Catalogue } from "../../../core/access/permission.ts";
import type { InvitationProof } from "../../../core/invitation-proof.ts";
import { pageLink } from "../../../core/page-link.ts";
import type { Principal } from "../../../core/principal.ts";
import { allow } from "../../../http/access/declare.ts";
import { Impersonating, PersonRequired } from "../../../http/access/caller.ts";
import { body, createRoute, createRouter, json, organizationParams, send, sendNew } from "../../../http/router.ts";
import { rowId } from "../../../http/schemas.ts";
import { etag } from "../../../core/version.ts";
import type { Limiter } from "../../../core/rate-limit.ts";
import { cancelInvitation, Closed, getInvitation, listInvitations } from "./invitations.ts";
import {
  Invitation,
  InvitationList,
  InvitationQuery,
  type InvitationRow,
  NewInvitation,
  SentInvitation,
} from "./schemas.ts";
import { AlreadyInvited, createInvitation, renewInvitation, type Tell } from "./send.ts";
import { PreconditionFailed } from "../../../core/problem.ts";
import { AlreadyMember } from "../members/index.ts";
import { grantor, RoleBeyondYours } from "../roles/index.ts";

const params = organizationParams.extend({ id: rowId });
export type Ports = {
  catalogue: Catalogue;
  limiter: Limiter;
  post: Post;
  invitationProof: InvitationProof;
  config: { server: { baseUrl: string } };
};

export const routes = (ports: Ports) => {
  const { limiter, catalogue } = ports;
  return createRouter({ name: "Invitations", description: "How people come into an organization." })
    .openapi(
      createRoute({
        ...allow("invitation:create"),
        method: "post",
        path: "/",
        summary: "Invite someone",
        description:
          "They get a mail with a link, and 48 hours to accept. Without a role it is to the organization's default one. You can't invite to a role above your own, and the invitation ends when you could no longer send it.",
        request: { params: organizationParams, body: body(NewInvitation) },
        responses: { 201: json(SentInvitation, "The new invitation") },
        refusals: [PersonRequired, Impersonating, RoleBeyondYours, FreshSignInRequired, AlreadyMember, AlreadyInvited],
      }),
      async (c) => {
        const { principal: caller, organization: access } = c.var.auth;
        if (caller.type !== "user") throw PersonRequired("An API key can't invite: an invitation names its sender.");
        refuseImpersonation(caller);
        const input = c.req.valid("json");
        const told = invites(ports, access.name, caller.name, c.req.header("accept-language"));
        const row = await mailing(limiter, mailRules.invitation, input.email, () =>
          createInvitation(c.var.scope, { ...grantor(c), catalogue, inviterId: caller.id }, input, told),
        );
        return sendNew(c, SentInvitation, { ...row, inviter: caller }, version(row));
      },
    )
    .openapi(
      createRoute({
        ...allow("invitation:read"),
        method: "get",
        path: "/",
        summary: "List invitations",
        description: "Only an owner sees invitations to the owner role.",
        request: { params: organizationParams, query: InvitationQuery },
        responses: { 200: json(InvitationList, "A page of invitations") },
        refusals: [],
      }),
      async (c) => {
        const { organization: access } = c.var.auth;
        return send(c, InvitationList, await listInvitations(c.var.scope, access, c.req.valid("query")), 200);
      },
    )
    .openapi(
      createRoute({
        ...allow("invitation:read"),
        method: "get",
        path: "/{id}",
        summary: "Read an invitation",
        description: "Whatever its status. Only an owner sees an invitation to the owner role.",
        request: { params },
        responses: { 200: json(SentInvitation, "The invitation") },
        refusals: [],
      }),
      async (c) => {
        const { organization: access } = c.var.auth;
        const row = await getInvitation(c.var.scope, access, c.req.valid("param").id);
        return send(c, SentInvitation, row, 200, version(row));
      },
    )
    .openapi(
      createRoute({
        ...allow("invitation:cancel"),
        method: "delete",
        path: "/{id}",
        summary: "Cancel an invitation",
        description: "You can't cancel one to a role that grants what you don't hold.",
        request: { params },
        responses: { 204: { description: "It can no longer be accepted" } },
        refusals: [RoleBeyondYours, Closed],
      }),
      async (c) => {
        const by = { access: c.var.auth.organization, catalogue };
        await cancelInvitation(c.var.scope, by, c.req.valid("param").id);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        ...allow("invitation:create"),
        method: "post",
        path: "/{id}/resend",
        summary: "Send an invitation again",
        description:
          "It can then be accepted for another 48 hours, also where it had expired. Who sends it again is its sender.",
        request: { params },
        responses: { 200: json(SentInvitation, "The invitation as it is now") },
        refusals: [Impersonating, RoleBeyondYours, FreshSignInRequired, AlreadyMember, Closed, PreconditionFailed],
      }),
      async (c) => {
        const { scope } = c.var;
        const { principal: caller, organization: access } = c.var.auth;
        refuseImpersonation(caller);
        const told = invites(ports, access.name, caller.name, c.req.header("accept-language"));
        const { id, email, inviter } = await getInvitation(scope, access, c.req.valid("param").id);
        const row = await mailing(limiter, mailRules.invitation, email, () =>
          renewInvitation(scope, { ...grantor(c), catalogue }, id, told),
        );
        return send(
          c,
          SentInvitation,
          { ...row, inviter: caller.type === "user" ? caller : inviter },
          200,
          version(row),
        );
      },
    );
};

/** Of the invitation alone: that its sender has another name is no change of it. */
const version = (row: InvitationRow) => ({ ETag: etag(Invitation.parse(row)) });

/** @throws 403 while impersonating: the invitation would outlive it, in the user's name. */
function refuseImpersonation(caller: Principal): void {
  if (caller.type === "user" && caller.impersonatorId !== null)
    throw Impersonating("An invitation would outlive the impersonation.");
}

/** What mails an invitation's link, in the inviter's language where the invited person has set none. */
const invites =
  ({ post, config, invitationProof }: Ports, organization: string, inviter: string, acceptLanguage?: string): Tell =>
  (tx, row) => {
    const link = pageLink(config.server.baseUrl, `invitation/${row.id}`, invitationProof.of(row));
    const letter = describeMail.invitation(row.email, organization, inviter, link);
    return post(tx, { ...letter, language: askedLanguage(acceptLanguage) });
  };
