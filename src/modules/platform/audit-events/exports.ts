import { and, eq, isNull, type SQL } from "drizzle-orm";
import { inPages } from "../../../core/page.ts";
import { keyset } from "../../../db/schema/keyset.ts";
import type { ReadDb } from "../../../db/types.ts";
import type { AccountData, OrganizationData } from "../../../http/module.ts";
import { AuditEvent } from "./list.ts";
import { auditEvent } from "./table.ts";

// Not what was changed, which may be about others.
const Activity = AuditEvent.pick({ id: true, createdAt: true, action: true, ipAddress: true, userAgent: true }).meta({
  id: "ExportedActivity",
});

/** What a person did themselves, from where: as an impersonated user it was the administrator who did. */
const doneBy = (db: ReadDb, userId: string, where: SQL | undefined) =>
  inPages<typeof auditEvent.$inferSelect>((last, limit) => {
    const { after, orderBy } = keyset(
      [auditEvent.createdAt, auditEvent.id],
      "asc",
      last && [last.createdAt.toISOString(), last.id],
    );
    const own = and(
      eq(auditEvent.actorType, "user"),
      eq(auditEvent.actorId, userId),
      isNull(auditEvent.impersonatorId),
    );
    return db
      .select()
      .from(auditEvent)
      .where(and(where, own, after))
      .orderBy(...orderBy)
      .limit(limit);
  });

const by = ["audit_event.actor_id"];

/** Of no organization: signing in, changes of the account. */
export const ofAccount: AccountData = {
  by,
  schema: Activity,
  read: ({ db, userId }) => doneBy(db, userId, isNull(auditEvent.organizationId)),
};

export const inOrganization: OrganizationData = {
  by,
  schema: Activity,
  permission: null,
  read: ({ db, organizationId, userId }) => doneBy(db, userId, eq(auditEvent.organizationId, organizationId)),
};
