import { and, eq, gte, isNull, lt, sql } from "drizzle-orm";
import { z } from "zod";
import { apikey } from "../../auth/key-table.ts";
import { user } from "../../auth/tables.ts";
import type { Scope } from "../../core/scope.ts";
import { keyset } from "../../db/keyset.ts";
import { type CursorCodec, page, pageQuery } from "../../http/pagination.ts";
import { list, timestamp } from "../../http/schemas.ts";
import { actorType, auditEvent } from "./table.ts";

const Actor = z
  .object({
    type: z.enum(actorType.enumValues),
    id: z.string().nullable(),
    name: z.string().nullable().meta({ description: "Null where it is unknown by now" }),
    impersonatorId: z.string().nullable().meta({ description: "The administrator who acted as this user" }),
  })
  .meta({ id: "AuditActor" });

export const AuditEvent = z
  .object({
    id: z.string(),
    createdAt: timestamp(),
    action: z.string().meta({ example: "project.updated" }),
    entity: z.object({ type: z.string(), id: z.string() }),
    actor: Actor,
    changes: z
      .record(z.string(), z.object({ from: z.any(), to: z.any() }))
      .meta({ description: "The fields that changed, secrets named but not shown" }),
    ipAddress: z.string().nullable(),
    userAgent: z.string().nullable(),
    requestId: z.string().nullable(),
  })
  .meta({ id: "AuditEvent" });

export const AuditEventList = list(AuditEvent, "AuditEventList");

const name = z.string().min(1).max(200).optional();
const instant = z.iso.datetime({ offset: true }).optional();

export const AuditEventQuery = z.object({
  ...pageQuery,
  entityType: name.meta({ description: "Such as `project`" }),
  entityId: name,
  actorId: name,
  action: name.meta({ description: "Such as `project.updated`" }),
  from: instant.meta({ description: "At this instant or later" }),
  to: instant.meta({ description: "Before this instant" }),
});

export const AnyAuditEventQuery = AuditEventQuery.extend({
  organizationId: name.meta({ description: "Of this organization, also of one that is gone; of none where not given" }),
});

/** One page of what was done in the organization, or in none, newest first, by keyset. */
export async function listAuditEvents(
  scope: Scope & { readonly organizationId: string | null },
  query: z.infer<typeof AuditEventQuery>,
  cursors: CursorCodec,
): Promise<z.input<typeof AuditEventList>> {
  const { limit, entityType, entityId, actorId, action, from, to } = query;
  const { organizationId } = scope;
  const after = query.cursor ? cursors.decode("audit-events", query.cursor) : null;
  const place = keyset(auditEvent.createdAt, auditEvent.id, "desc", after);
  const rows = await scope.db
    .select({ event: auditEvent, actorName: sql<string | null>`coalesce(${user.name}, ${apikey.name})` })
    .from(auditEvent)
    .leftJoin(user, and(eq(auditEvent.actorType, "user"), eq(user.id, auditEvent.actorId)))
    .leftJoin(apikey, and(eq(auditEvent.actorType, "apiKey"), eq(apikey.id, auditEvent.actorId)))
    .where(
      and(
        organizationId === null ? isNull(auditEvent.organizationId) : eq(auditEvent.organizationId, organizationId),
        entityType ? eq(auditEvent.entityType, entityType) : undefined,
        entityId ? eq(auditEvent.entityId, entityId) : undefined,
        actorId ? eq(auditEvent.actorId, actorId) : undefined,
        action ? eq(auditEvent.action, action) : undefined,
        from ? gte(auditEvent.createdAt, new Date(from)) : undefined,
        to ? lt(auditEvent.createdAt, new Date(to)) : undefined,
        place.after,
      ),
    )
    .orderBy(...place.orderBy)
    .limit(limit + 1);
  const { data, nextCursor } = page(rows, limit, ({ event }) =>
    cursors.encode("audit-events", [event.createdAt.toISOString(), event.id]),
  );
  return {
    data: data.map(({ event, actorName }) => ({
      ...event,
      entity: { type: event.entityType, id: event.entityId },
      actor: { type: event.actorType, id: event.actorId, name: actorName, impersonatorId: event.impersonatorId },
    })),
    nextCursor,
  };
}
