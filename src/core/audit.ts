import type { Tx } from "../db/client.ts";

/** The fields that changed, with their values before and after. */
export type Changes = Record<string, { from: unknown; to: unknown }>;

/** Who did it. `system` is a job or the command line. */
export type Actor = { type: "user" | "apiKey" | "system"; id: string | null; impersonatorId: string | null };

/** Where a change came from; null where there was no request. */
export type Origin = { requestId: string | null; ipAddress: string | null; userAgent: string | null };

/** `noun.past-participle`, e.g. `project.created`. The noun is the entity's type. */
export type AuditAction = `${string}.${string}`;

export type AuditEvent = {
  organizationId: string | null;
  actor: Actor;
  origin: Origin;
  action: AuditAction;
  entityId: string;
  changes: Changes;
};

/** Writes the event inside the transaction of the change that it speaks of. */
export type RecordAudit = (tx: Tx, event: AuditEvent) => Promise<void>;

const secret = /password|secret|token|hash|^(previous)?key$|privateKey/i;
const quiet = new Set(["updatedAt"]);

const plain = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : (value ?? null));

/** What of a field may be shown: a secret, at whatever depth, is named only. */
function shown(field: string, value: unknown): unknown {
  if (value === null) return null;
  if (secret.test(field)) return "[redacted]";
  if (Array.isArray(value)) return value.map((item) => shown(field, item));
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shown(name, inner)]));
}

/**
 * The difference between two rows: changed fields only, secrets named but not shown.
 *
 * @param before the row as it was; null for a creation.
 * @param after the row as it is; null for a deletion.
 */
export function difference(before: object | null, after: object | null): Changes {
  const [was, is] = [before ?? {}, after ?? {}] as [Record<string, unknown>, Record<string, unknown>];
  const changes: Changes = {};
  for (const field of new Set([...Object.keys(was), ...Object.keys(is)])) {
    if (quiet.has(field)) continue;
    const [from, to] = [plain(was[field]), plain(is[field])];
    if (Bun.deepEquals(from, to)) continue;
    changes[field] = { from: shown(field, from), to: shown(field, to) };
  }
  return changes;
}
