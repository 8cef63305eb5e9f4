import { mailing, mailRules } from "../../auth/mail-limits.ts";
import { describeMail, type Mailer } from "../../auth/mail.ts";
import type { Logger } from "../../core/log.ts";
import type { Catalogue } from "../../core/permission.ts";
import { allow, PersonRequired } from "../../http/access.ts";
import { body, createRoute, createRouter, json, organizationParams, problems, send } from "../../http/router.ts";
import { rowId } from "../../http/schemas.ts";
import type { Limiter } from "../../limits/limiter.ts";
import {
  cancelInvitation,
  createInvitation,
  getInvitation,
  Invitation,
  InvitationList,
  InvitationQuery,
  type InvitationRow,
  listInvitations,
  NewInvitation,
  renewInvitation,
} from "./invitations.ts";

const params = organizationParams.extend({ id: rowId });
const tags = ["Invitations"];

const create = createRoute({
  ...allow("invitation:create"),
  method: "post",
  path: "/",
  summary: "Invite somebody",
  description:
    "They get a mail with a link, and 48 hours to accept. Without a role it is to the organization's default one. Nobody invites to a role above their own.",
  tags,
  request: { params: organizationParams, body: body(NewInvitation) },
  responses: { ...problems, 201: json(Invitation, "The new invitation") },
});

const index = createRoute({
  ...allow("invitation:read"),
  method: "get",
  path: "/",
  summary: "List invitations",
  description: "Only an owner sees invitations to own.",
  tags,
  request: { params: organizationParams, query: InvitationQuery },
  responses: { ...problems, 200: json(InvitationList, "A page of invitations") },
});

const read = createRoute({
  ...allow("invitation:read"),
  method: "get",
  path: "/{id}",
  summary: "Read an invitation",
  tags,
  request: { params },
  responses: { ...problems, 200: json(Invitation, "The invitation") },
});

const cancel = createRoute({
  ...allow("invitation:cancel"),
  method: "delete",
  path: "/{id}",
  summary: "Cancel an invitation",
  tags,
  request: { params },
  responses: { ...problems, 204: { description: "It can no longer be accepted" } },
});

const resend = createRoute({
  ...allow("invitation:create"),
  method: "post",
  path: "/{id}/resend",
  summary: "Mail an invitation again",
  description: "It can then be accepted for another 48 hours, also where it had expired.",
  tags,
  request: { params },
  responses: { ...problems, 200: json(Invitation, "The invitation as it is now") },
});

type Ports = {
  catalogue: Catalogue;
  limiter: Limiter;
  mailer: Mailer;
  log: Logger;
  config: { BASE_URL: string };
};

export const routes = (ports: Ports) => {
  const { limiter, catalogue } = ports;
  return createRouter()
    .openapi(create, async (c) => {
      const { caller, organization: access, scope } = c.var;
      if (caller.type !== "user") throw PersonRequired("An API key can't invite: an invitation names its inviter.");
      const input = c.req.valid("json");
      const row = await mailing(limiter, mailRules.invitation, input.email, () =>
        createInvitation(scope, { access, catalogue, inviterId: caller.id }, input),
      );
      await mail(ports, row, access.name, caller.name);
      return send(c, Invitation, row, 201, { Location: `/v1/orgs/${access.id}/invitations/${row.id}` });
    })
    .openapi(index, async (c) => {
      const { organization: access, gate, scope } = c.var;
      return send(c, InvitationList, await listInvitations(scope, access, c.req.valid("query"), gate.cursors), 200);
    })
    .openapi(read, async (c) => {
      const { organization: access, scope } = c.var;
      return send(c, Invitation, await getInvitation(scope, access, c.req.valid("param").id), 200);
    })
    .openapi(cancel, async (c) => {
      const { organization: access, scope } = c.var;
      await cancelInvitation(scope, { access, catalogue }, c.req.valid("param").id, c.req.header("if-match"));
      return c.body(null, 204);
    })
    .openapi(resend, async (c) => {
      const { caller, organization: access, scope } = c.var;
      const { id, email } = await getInvitation(scope, access, c.req.valid("param").id);
      const row = await mailing(limiter, mailRules.invitation, email, () =>
        renewInvitation(scope, { access, catalogue }, id),
      );
      await mail(ports, row, access.name, caller.name);
      return send(c, Invitation, row, 200);
    });
};

/** Mails the link. The invitation has been committed: where mail fails, it can be resent. */
async function mail(ports: Ports, row: InvitationRow, organization: string, inviter: string): Promise<void> {
  try {
    const link = `${ports.config.BASE_URL}/invitations/${row.id}`;
    await ports.mailer.send(describeMail.invitation(row.email, organization, inviter, link));
  } catch (err) {
    ports.log.error({ err, invitationId: row.id }, "mail could not be sent");
  }
}
