import { allow } from "../../http/access.ts";
import { createRoute, createRouter, json, organizationParams, problems, send } from "../../http/router.ts";
import { AuditEventList, AuditEventQuery, listAuditEvents } from "./list.ts";

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
