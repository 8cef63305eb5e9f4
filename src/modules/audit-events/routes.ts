import { allow, organizationScope, platformAdmin } from "../../http/access.ts";
import { createRoute, createRouter, json, organizationParams, problems, send } from "../../http/router.ts";
import { AnyAuditEventQuery, AuditEventList, AuditEventQuery, listAuditEvents } from "./list.ts";

const index = createRoute({
  ...allow("auditEvent:read"),
  method: "get",
  path: "/",
  summary: "List who did what",
  description: "Newest first. Events are written with the change that they speak of and never rewritten.",
  tags: ["Audit events"],
  request: { params: organizationParams, query: AuditEventQuery },
  responses: { ...problems, 200: json(AuditEventList, "A page of events") },
});

export const routes = () =>
  createRouter().openapi(index, async (c) =>
    send(c, AuditEventList, await listAuditEvents(c.var.scope, c.req.valid("query"), c.var.gate.cursors), 200),
  );

const everywhere = createRoute({
  ...platformAdmin(),
  method: "get",
  path: "/",
  summary: "List what was done to the platform, or in any organization",
  description: "Without `organizationId`, what belongs to no organization: users, sessions, accounts.",
  tags: ["Administration"],
  request: { query: AnyAuditEventQuery },
  responses: { ...problems, 200: json(AuditEventList, "A page of events, newest first") },
});

export const adminRoutes = () =>
  createRouter().openapi(everywhere, async (c) => {
    const { organizationId, ...query } = c.req.valid("query");
    const scope =
      organizationId === undefined
        ? Object.assign(c.var.account, { organizationId: null })
        : organizationScope(c, c.var.principal, organizationId);
    return send(c, AuditEventList, await listAuditEvents(scope, query, c.var.gate.cursors), 200);
  });
