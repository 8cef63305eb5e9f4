import { sql } from "drizzle-orm";
import { pgView } from "drizzle-orm/pg-core";
import { auditEvent } from "../../platform/audit-events/table.ts";

/**
 * What the transaction's person did themselves, in organizations. It runs as who asks, so row-level security leaves out
 * those that they have left.
 */
export const ownActivity = pgView("own_activity")
  .with({ securityInvoker: true })
  .as((query) =>
    query
      .select({
        organizationId: auditEvent.organizationId,
        action: auditEvent.action,
        createdAt: auditEvent.createdAt,
      })
      .from(auditEvent)
      .where(
        sql`${auditEvent.actorType} = 'user'
          and ${auditEvent.actorId} = (select nullif(current_setting('app.user_id', true), ''))
          and ${auditEvent.impersonatorId} is null and ${auditEvent.organizationId} is not null`,
      ),
  );
