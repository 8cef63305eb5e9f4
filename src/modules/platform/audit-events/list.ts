import { and, eq, getTableColumns, gte, isNull, lt, sql } from "drizzle-orm";
import { z } from "zod";
import { apikey } from "../../../auth/tables/api-key.ts";
import { user } from "../../../auth/tables/identity.ts";
import { auditUnsealed } from "../../../history/table.ts";
import type { Scope } from "../../../core/scope.ts";
import { pageQuery } from "../../../core/page.ts";
import { paged } from "../../../db/schema/paged.ts";
import { instant, list, timestamp } from "../../../http/schemas.ts";
import { actorType, auditEvent } from "./table.ts";

const Actor = z
  .object({
    type: z.enum(actorType.enumValues),
    id: z.string().nullable(),
    name: z.string().nullable().meta({ description: "Null where it isn't known any more" }),
    impersonatorId: z.string().nullable().meta({ description: "The administrator who acted as this user" }),
  })
  .meta({ id: "AuditActor" });

export const AuditEvent = z
  .object({
    id: z.string(),
    createdAt: timestamp(),
    action: z.string().meta({
      description: "One of those that the list is filtered by, or one of a module that isn't there any more",
      example: "member.updated",
    }),
    entity: z
      .object({ type: z.string().meta({ example: "member" }), id: z.string() })
      .meta({ description: "What it was done to" }),
    actor: Actor,
    changes: z
      .record(z.string(), z.object({ from: z.any(), to: z.any() }))
      .meta({ description: "The fields that changed, secrets by name only" }),
    ipAddress: z.string().nullable(),
    userAgent: z.string().nullable(),
    requestId: z.string().nullable().meta({ description: "The X-Request-Id of the request that did it" }),
    sealed: z
      .boolean()
      .meta({ description: "Whether the chain of hashes holds it already, which it does within a second" }),
  })
  .meta({ id: "AuditEvent" });
export type AuditEvent = z.infer<typeof AuditEvent>;

export const AuditEventList = list(AuditEvent, "AuditEventList");

const name = z.string().min(1).max(200).optional();

/** The filters of the list, of the events that modules declare. @param events each with what it means. */
export function auditEventQuery(events: ReadonlyMap<string, string>) {
  const types = new Set([...events.keys()].map((action) => action.slice(0, action.indexOf("."))));
  const meanings = [...events].map(([action, meaning]) => `- \`${action}\`: ${meaning}`);
  return z.object({
    ...pageQuery,
    entityType: z
      .enum([...types])
      .optional()
      .meta({ description: "What kind of thing it was done to" }),
    entityId: name.meta({ description: "What it was done to" }),
    actorId: name.meta({ description: "Who did it: a user's or an API key's id" }),
    action: z
      .enum([...events.keys()])
      .optional()
      .meta({ description: meanings.join("\n") }),
    from: instant().optional().meta({ description: "At this instant or later" }),
    to: instant().optional().meta({ description: "Before this instant" }),
  });
}

type Query = z.infer<ReturnType<typeof auditEventQuery>>;

/** The same over all organizations. */
export const anyAuditEventQuery = (events: ReadonlyMap<string, string>) =>
  auditEventQuery(events).extend({
    organizationId: name.meta({ description: "Of this organization, also a deleted one; of none where not given" }),
  });

/**
 * One page of the audit events of an organization, newest first.
 *
 * @param scope the organization's.
 * @param organizationId null for the events that belong to none, with a platform administrator's scope.
 */
export async function listAuditEvents(
  scope: Scope,
  organizationId: string | null,
  query: Query,
): Promise<z.input<typeof AuditEventList>> {
  const { entityType, entityId, actorId, action, from, to } = query;
  const order = { list: "audit-events", table: auditEvent, key: "createdAt", direction: "desc" } as const;
  const { data, nextCursor } = await paged(scope, order, query, ({ after, orderBy, limit }) =>
    scope.db
      .select({
        ...getTableColumns(auditEvent),
        actorName: sql<string | null>`coalesce(${user.name}, ${apikey.name})`,
        sealed: sql<boolean>`${auditUnsealed.id} is null`,
      })
      .from(auditEvent)
      .leftJoin(user, and(eq(auditEvent.actorType, "user"), eq(user.id, auditEvent.actorId)))
      .leftJoin(apikey, and(eq(auditEvent.actorType, "apiKey"), eq(apikey.id, auditEvent.actorId)))
      .leftJoin(auditUnsealed, eq(auditUnsealed.id, auditEvent.id))
      .where(
        and(
          organizationId === null ? isNull(auditEvent.organizationId) : eq(auditEvent.organizationId, organizationId),
          entityType ? eq(auditEvent.entityType, entityType) : undefined,
          entityId ? eq(auditEvent.entityId, entityId) : undefined,
          actorId ? eq(auditEvent.actorId, actorId) : undefined,
          action ? eq(auditEvent.action, action) : undefined,
          from ? gte(auditEvent.createdAt, from) : undefined,
          to ? lt(auditEvent.createdAt, to) : undefined,
          after,
        ),
      )
      .orderBy(...orderBy)
      .limit(limit),
  );
  return {
    data: data.map(({ actorName, ...event }) => ({
      ...event,
      entity: { type: event.entityType, id: event.entityId },
      actor: { type: event.actorType, id: event.actorId, name: actorName, impersonatorId: event.impersonatorId },
    })),
    nextCursor,
  };
}
