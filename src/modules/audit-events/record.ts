import type { RecordAudit } from "../../core/audit.ts";
import type { Clock } from "../../core/clock.ts";
import { auditEvent } from "./table.ts";

/** The one writer of audit events: an insert in the transaction of the change. */
export const auditRecorder =
  (clock: Clock): RecordAudit =>
  async (tx, { actor, origin, ...event }) => {
    await tx.insert(auditEvent).values({
      ...event,
      entityType: event.action.slice(0, event.action.indexOf(".")),
      actorType: actor.type,
      actorId: actor.id,
      impersonatorId: actor.impersonatorId,
      ...origin,
      createdAt: clock(),
    });
  };
