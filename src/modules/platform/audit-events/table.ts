import { sql } from "drizzle-orm";
import { boolean, index, jsonb, pgEnum, pgTable, text } from "drizzle-orm/pg-core";
import type { Changes } from "../../../core/audit.ts";
import { bounded } from "../../../db/schema/bounded.ts";
import { id, instant } from "../../../db/schema/columns.ts";

export const actorType = pgEnum("audit_actor_type", ["user", "apiKey", "system"]);

// No foreign keys: events outlive what they describe. A trigger refuses UPDATE, DELETE and TRUNCATE.
export const auditEvent = pgTable(
  "audit_event",
  {
    id: id(),
    organizationId: text("organization_id"),
    actorType: actorType("actor_type").notNull(),
    /** Whether they acted as an administrator of the platform. */
    asAdministrator: boolean("as_administrator").notNull().default(false),
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
    // Of the largest rows, before and after.
    ...bounded("audit_event", t, { userAgent: 16_384, changes: 2_097_152 }),
    index("audit_event_organization_created_idx").on(t.organizationId, t.createdAt, t.id),
    index("audit_event_entity_idx").on(t.organizationId, t.entityType, t.entityId, t.createdAt, t.id),
    index("audit_event_actor_idx").on(t.organizationId, t.actorId, t.createdAt, t.id),
    // What a person did, wherever that was.
    index("audit_event_person_idx")
      .on(t.actorId, t.createdAt)
      .where(sql`${t.actorType} = 'user'`),
    // For events of no organization: the planner doesn't use the first index's order where its first column is null.
    index("audit_event_platform_idx")
      .on(t.createdAt, t.id)
      .where(sql`${t.organizationId} is null`),
  ],
);
