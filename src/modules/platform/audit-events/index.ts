import type { Module } from "../../../http/module.ts";
import { text } from "../../../web/kit/languages.ts";
import { inOrganization, ofAccount } from "./exports.ts";
import { adminRoutes, type Ports, routes } from "./routes.ts";

export { type AuditEvent } from "./list.ts";

export { auditRecorder } from "./record.ts";

export { type Format, formats, written } from "./export.ts";

export { allAuditEvents } from "./list.ts";

export const auditEvents: Module<Ports> = {
  name: "audit-events",
  mounts: { "/orgs/{org}/audit-events": routes, "/admin/audit-events": adminRoutes },
  permissions: ["auditEvent:read"],
  names: {
    auditEvent: text("Audit trail", "Protokoll"),
  },
  grants: { admin: ["auditEvent:read"] },
  samples: {
    "audit-events": {
      table: "audit_event",
      row: (entityId) => ({
        actorType: "system",
        action: "member.updated",
        entityType: "member",
        entityId,
        changes: {},
      }),
    },
  },
  exports: {
    account: { activity: ofAccount },
    organization: { activity: inOrganization },
    withheld: {
      "audit_event.impersonator_id": "Names the administrator who acted, and what was done as somebody else",
    },
  },
};
