import { eventsFrom } from "../../../core/audit.ts";
import { allow, platformAdmin } from "../../../http/access/declare.ts";
import { organizationScope } from "../../../http/access/enter.ts";
import type { Module } from "../../../http/module.ts";
import { createRoute, createRouter, json, organizationParams, send } from "../../../http/router.ts";
import { anyAuditEventQuery, AuditEventList, auditEventQuery, listAuditEvents } from "./list.ts";
import { tags } from "../../../http/openapi/tags.ts";

export type Ports = { modules: readonly Pick<Module, "name" | "events">[] };

export const routes = ({ modules }: Ports) =>
  createRouter({
    name: "Audit events",
    description: "Who did what, written with each change and never rewritten.",
  }).openapi(
    createRoute({
      ...allow("auditEvent:read"),
      method: "get",
      path: "/",
      summary: "List who did what",
      description: "Newest first. Each event is written with the change that it describes, and never rewritten.",
      request: { params: organizationParams, query: auditEventQuery(eventsFrom(modules)) },
      responses: { 200: json(AuditEventList, "A page of events") },
      refusals: [],
    }),
    async (c) => {
      const { scope } = c.var;
      return send(c, AuditEventList, await listAuditEvents(scope, scope.organizationId, c.req.valid("query")), 200);
    },
  );

export const adminRoutes = ({ modules }: Ports) =>
  createRouter(tags.administration).openapi(
    createRoute({
      ...platformAdmin(),
      method: "get",
      path: "/",
      summary: "List what was done to the platform, or in any organization",
      description: "Without `organizationId`, what belongs to no organization: users, sessions, accounts.",
      request: { query: anyAuditEventQuery(eventsFrom(modules)) },
      responses: { 200: json(AuditEventList, "A page of events, newest first") },
      refusals: [],
    }),
    async (c) => {
      const { organizationId = null, ...query } = c.req.valid("query");
      const scope = organizationId === null ? c.var.account : organizationScope(c, c.var.auth.person, organizationId);
      return send(c, AuditEventList, await listAuditEvents(scope, organizationId, query), 200);
    },
  );
