import { and, eq, getTableColumns, gte, isNotNull, isNull, lt, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { apikey } from "../../../auth/tables/api-key.ts";
import { user } from "../../../auth/tables/identity.ts";
import { actorKinds } from "../../../core/audit.ts";
import { auditUnsealed } from "../../../history/table.ts";
import type { Scope } from "../../../core/scope.ts";
import { inPages, pageQuery } from "../../../core/page.ts";
import { keyset } from "../../../db/schema/keyset.ts";
import { paged } from "../../../db/schema/paged.ts";
import { instant, list, timestamp } from "../../../http/schemas.ts";
import { auditEvent } from "./table.ts";

const Actor = z
  .object({
    type: z.enum(actorKinds).meta({
      description:
        "An administrator of the platform, support (an administrator who acts as this person), a person, an API key, or the service itself",
    }),
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
    actorType: z.enum(actorKinds).optional().meta({ description: "What they are" }),
    action: z
      .enum([...events.keys()])
      .optional()
      .meta({ description: meanings.join("\n") }),
    from: instant().optional().meta({ description: "At this instant or later" }),
    to: instant().optional().meta({ description: "Before this instant" }),
  });
}

/** What an actor is, by how it is stored. */
const kinds: Readonly<Record<(typeof actorKinds)[number], SQL | undefined>> = {
  support: and(eq(auditEvent.actorType, "user"), isNotNull(auditEvent.impersonatorId)),
  administrator: and(
    eq(auditEvent.actorType, "user"),
    isNull(auditEvent.impersonatorId),
    eq(auditEvent.asAdministrator, true),
  ),
  person: and(
    eq(auditEvent.actorType, "user"),
    isNull(auditEvent.impersonatorId),
    eq(auditEvent.asAdministrator, false),
  ),
  key: eq(auditEvent.actorType, "apiKey"),
  system: eq(auditEvent.actorType, "system"),
};

type Stored = Pick<typeof auditEvent.$inferSelect, "actorType" | "asAdministrator" | "impersonatorId">;

function kindOf({ actorType, asAdministrator, impersonatorId }: Stored): (typeof actorKinds)[number] {
  if (actorType === "apiKey") return "key";
  if (actorType === "system") return "system";
  if (impersonatorId !== null) return "support";
  return asAdministrator ? "administrator" : "person";
}

type Query = z.infer<ReturnType<typeof auditEventQuery>>;

/** The same over all organizations. */
export const anyAuditEventQuery = (events: ReadonlyMap<string, string>) =>
  auditEventQuery(events).extend({
    organizationId: name.meta({ description: "Of this organization, also a deleted one; of none where not given" }),
  });

type Filters = Omit<Query, "limit" | "cursor">;

const fits = (organizationId: string | null, { entityType, entityId, actorId, actorType, action, from, to }: Filters) =>
  and(
    organizationId === null ? isNull(auditEvent.organizationId) : eq(auditEvent.organizationId, organizationId),
    entityType ? eq(auditEvent.entityType, entityType) : undefined,
    entityId ? eq(auditEvent.entityId, entityId) : undefined,
    actorId ? eq(auditEvent.actorId, actorId) : undefined,
    actorType ? kinds[actorType] : undefined,
    action ? eq(auditEvent.action, action) : undefined,
    from ? gte(auditEvent.createdAt, from) : undefined,
    to ? lt(auditEvent.createdAt, to) : undefined,
  );

const read = (scope: Pick<Scope, "db">, where: SQL | undefined, orderBy: SQL[], limit: number) =>
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
    .where(where)
    .orderBy(...orderBy)
    .limit(limit);

type Read = Awaited<ReturnType<typeof read>>[number];

const shown = ({ actorName, ...event }: Read): z.input<typeof AuditEvent> => ({
  ...event,
  entity: { type: event.entityType, id: event.entityId },
  actor: { type: kindOf(event), id: event.actorId, name: actorName, impersonatorId: event.impersonatorId },
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
  const order = { list: "audit-events", table: auditEvent, key: "createdAt", direction: "desc" } as const;
  const { data, nextCursor } = await paged(scope, order, query, ({ after, orderBy, limit }) =>
    read(scope, and(fits(organizationId, query), after), orderBy, limit),
  );
  return { data: data.map(shown), nextCursor };
}

/** All of the audit events that fit, oldest first, some hundred at a time. @param scope as for `listAuditEvents`. */
export async function* allAuditEvents(
  scope: Pick<Scope, "db">,
  organizationId: string | null,
  filters: Filters,
): AsyncGenerator<AuditEvent[], void, void> {
  const pages = inPages<Read>((last, limit) => {
    const place = last && [last.createdAt.toISOString(), last.id];
    const { after, orderBy } = keyset([auditEvent.createdAt, auditEvent.id], "asc", place);
    return read(scope, and(fits(organizationId, filters), after), orderBy, limit);
  });
  for await (const rows of pages) yield rows.map((row) => AuditEvent.parse(shown(row)));
}
