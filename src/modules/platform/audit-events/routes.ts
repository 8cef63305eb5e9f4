import { z } from "zod";
import { eventsFrom } from "../../../core/audit.ts";
import { type Limiter, overLimit } from "../../../core/rate-limit.ts";
import { allow, platformAdmin } from "../../../http/access/declare.ts";
import { organizationScope } from "../../../http/access/enter.ts";
import type { Module } from "../../../http/module.ts";
import { createRoute, createRouter, json, organizationParams, send, streamed } from "../../../http/router.ts";
import type { Logger } from "../../../ops/log.ts";
import { auditExportQuery, mediaTypes, written } from "./export.ts";
import { allAuditEvents, anyAuditEventQuery, AuditEventList, auditEventQuery, listAuditEvents } from "./list.ts";
import { tags } from "../../../http/openapi/tags.ts";

export type Ports = { modules: readonly Pick<Module, "name" | "events">[]; limiter: Limiter; log: Logger };

/** It reads all that there is of an organization. */
const exports = { name: "audit-export", points: 30, seconds: 3600 };

export const routes = ({ modules, limiter, log }: Ports) =>
  createRouter({
    name: "Audit events",
    description: "Who did what, written with each change and never rewritten.",
  })
    .openapi(
      createRoute({
        ...allow("auditEvent:read"),
        method: "get",
        path: "/export",
        summary: "Export who did what",
        description:
          "All events that fit, oldest first, as NDJSON or CSV. A cell of CSV that a spreadsheet would compute begins with an apostrophe. Sent while it is read: an answer that breaks off isn't whole. Thirty times an hour for an organization.",
        request: { params: organizationParams, query: auditExportQuery(eventsFrom(modules)) },
        responses: {
          200: {
            description: "The events",
            content: {
              "application/x-ndjson": { schema: z.string().meta({ description: "An AuditEvent a line" }) },
              "text/csv": { schema: z.string().meta({ description: "A line of names, then one for each event" }) },
            },
          },
        },
        refusals: [],
        unversioned: true,
      }),
      async (c) => {
        const { scope } = c.var;
        const { format, ...filters } = c.req.valid("query");
        const { allowed, ...allowance } = await limiter.count(exports, scope.organizationId);
        if (!allowed)
          throw overLimit("The history has been exported often enough for now. Try again later.", allowance);
        const text = written(allAuditEvents(scope, scope.organizationId, filters), format);
        return (await streamed(c, text, {
          failed: (err) => log.error({ err, requestId: c.var.origin.requestId }, "an export broke off"),
          headers: {
            "Content-Type": mediaTypes[format],
            "Content-Disposition": `attachment; filename="audit-events.${format}"`,
          },
        })) as never;
      },
    )
    .openapi(
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

export const adminRoutes = ({ modules }: Pick<Ports, "modules">) =>
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
