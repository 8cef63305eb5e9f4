import { eventsFrom } from "../../../core/audit.ts";
import type { Clock } from "../../../core/clock.ts";
import type { RecordAudit } from "../../../core/scope.ts";
import type { Module } from "../../../http/module.ts";
import { auditEvent } from "./table.ts";

/**
 * The one writer of audit events: an insert in the transaction of the changes. It throws for an event that no module
 * declares, so that its change isn't committed either.
 */
export function auditRecorder(clock: Clock, modules: readonly Pick<Module, "name" | "events">[]): RecordAudit {
  const declared = eventsFrom(modules);
  return async (tx, ...events) => {
    const createdAt = clock();
    const rows = events.map(({ actor, origin, ...event }) => {
      if (!declared.has(event.action))
        throw new Error(`no module declares the event ${event.action}: add it to one's events`);
      return {
        ...event,
        entityType: event.action.slice(0, event.action.indexOf(".")),
        actorType: actor.type,
        asAdministrator: actor.administrator === true,
        actorId: actor.id,
        impersonatorId: actor.impersonatorId,
        ...origin,
        createdAt,
      };
    });
    if (rows.length > 0) await tx.insert(auditEvent).values(rows);
  };
}
