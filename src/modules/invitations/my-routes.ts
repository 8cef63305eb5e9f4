import type { Auth } from "../../auth/auth.ts";
import type { RecordAudit } from "../../core/audit.ts";
import type { Logger } from "../../core/log.ts";
import type { Database } from "../../db/client.ts";
import { organizationScope, signedIn } from "../../http/access.ts";
import { createRoute, createRouter, json, problems, send } from "../../http/router.ts";
import { rowId } from "../../http/schemas.ts";
import { z } from "zod";
import { activate } from "../members/index.ts";
import { Invitation } from "./invitations.ts";
import {
  acceptInvitation,
  Accepted,
  invitedTo,
  MyInvitationList,
  MyInvitationQuery,
  myInvitations,
  rejectInvitation,
} from "./mine.ts";

const params = z.object({ id: rowId });
const tags = ["Me"];

const index = createRoute({
  ...signedIn(),
  method: "get",
  path: "/",
  summary: "List the open invitations to one's address",
  tags,
  request: { query: MyInvitationQuery },
  responses: { ...problems, 200: json(MyInvitationList, "A page of invitations") },
});

const accept = createRoute({
  ...signedIn(),
  method: "post",
  path: "/{id}/accept",
  summary: "Accept an invitation",
  description: "The organization becomes the session's active one.",
  tags,
  request: { params },
  responses: { ...problems, 200: json(Accepted, "The invitation and the membership") },
});

const reject = createRoute({
  ...signedIn(),
  method: "post",
  path: "/{id}/reject",
  summary: "Turn an invitation down",
  tags,
  request: { params },
  responses: { ...problems, 200: json(Invitation, "The invitation as it is now") },
});

type Ports = { auth: Auth; database: Database; log: Logger; recordAudit: RecordAudit };

export const myRoutes = ({ auth, database, log, recordAudit }: Ports) =>
  createRouter()
    .openapi(index, async (c) => {
      const { cursors, clock } = c.var.gate;
      const ports = { database, cursors, now: clock() };
      return send(c, MyInvitationList, await myInvitations(ports, c.var.principal, c.req.valid("query")), 200);
    })
    .openapi(accept, async (c) => {
      const { origin, principal } = c.var;
      const { id } = c.req.valid("param");
      const scope = organizationScope(c, principal, await invitedTo(database, principal, id));
      const accepted = await acceptInvitation(scope, principal, id, { recordAudit, origin });
      await activate({ auth, log }, c.req.raw.headers, scope.organizationId);
      return send(c, Accepted, accepted, 200);
    })
    .openapi(reject, async (c) => {
      const { id } = c.req.valid("param");
      const scope = organizationScope(c, c.var.principal, await invitedTo(database, c.var.principal, id));
      return send(c, Invitation, await rejectInvitation(scope, c.var.principal, id), 200);
    });
