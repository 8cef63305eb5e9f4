import { z } from "zod";
import { csvLine } from "../../../core/csv.ts";
import { type AuditEvent, auditEventQuery } from "./list.ts";

export const formats = ["ndjson", "csv"] as const;
export type Format = (typeof formats)[number];

/** The list's filters, and how all events at once are written. */
export const auditExportQuery = (events: ReadonlyMap<string, string>) =>
  auditEventQuery(events)
    .omit({ limit: true, cursor: true })
    .extend({ format: z.enum(formats).default("ndjson").meta({ description: "A JSON line each, or CSV" }) });

/** What each format is sent as. */
export const mediaTypes = { ndjson: "application/x-ndjson", csv: "text/csv; charset=utf-8" } as const;

const columns: Readonly<Record<string, (event: AuditEvent) => string | boolean | null>> = {
  id: ({ id }) => id,
  createdAt: ({ createdAt }) => createdAt,
  action: ({ action }) => action,
  entityType: ({ entity }) => entity.type,
  entityId: ({ entity }) => entity.id,
  actorType: ({ actor }) => actor.type,
  actorId: ({ actor }) => actor.id,
  actorName: ({ actor }) => actor.name,
  impersonatorId: ({ actor }) => actor.impersonatorId,
  changes: ({ changes }) => JSON.stringify(changes),
  ipAddress: ({ ipAddress }) => ipAddress,
  userAgent: ({ userAgent }) => userAgent,
  requestId: ({ requestId }) => requestId,
  sealed: ({ sealed }) => sealed,
};

/** Writes events as text, a page at a time: a JSON line each, or CSV whose first line names the columns. */
export async function* written(
  pages: AsyncIterable<readonly AuditEvent[]>,
  format: Format,
): AsyncGenerator<string, void, void> {
  let opening = format === "csv" ? csvLine(Object.keys(columns)) : "";
  const line = (event: AuditEvent): string =>
    format === "csv" ? csvLine(Object.values(columns).map((column) => column(event))) : `${JSON.stringify(event)}\n`;
  for await (const events of pages) {
    yield opening + events.map(line).join("");
    opening = "";
  }
}
