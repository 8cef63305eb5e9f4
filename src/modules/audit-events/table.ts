import { sql } from "drizzle-orm";
import { index, jsonb, pgEnum, pgTable, text } from "drizzle-orm/pg-core";
import type { Changes } from "../../core/audit.ts";
import { historyPolicies, id, instant } from "../../db/columns.ts";

export const actorType = pgEnum("audit_actor_type", ["user", "apiKey", "system"]);

// No foreign keys: events outlive what they speak of. A trigger refuses UPDATE, DELETE and TRUNCATE.
export const auditEvent = pgTable(
  "audit_event",
  {
    id: id(),
    organizationId: text("organization_id"),
    actorType: actorType("actor_type").notNull(),
    actorId: text("actor_id"),
    impersonatorId: text("impersonator_id"),
    action: text("action").notNull(),
    entityType: text("entity_type").notNull(),
    entityId: text("entity_id").notNull(),
    changes: jsonb("changes").$type<Changes>().notNull(),
    ipAddress: text("ip_address"),
    userAgent: text("user_agent"),
    requestId: text("request_id"),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    index("audit_event_organization_created_idx").on(t.organizationId, t.createdAt, t.id),
    index("audit_event_entity_idx").on(t.organizationId, t.entityType, t.entityId, t.createdAt, t.id),
    index("audit_event_actor_idx").on(t.organizationId, t.actorId, t.createdAt, t.id),
    // What belongs to no organization, in order: the planner doesn't sort by the index above where the first is null.
    index("audit_event_platform_idx")
      .on(t.createdAt, t.id)
      .where(sql`${t.organizationId} is null`),
    ...historyPolicies("audit_event", t.organizationId),
  ],
);
