/** The fields that changed, with their values before and after. */
export type Changes = Record<string, { from: unknown; to: unknown }>;

/** Who did it. `system` is a job or the command line. */
export type Actor = {
  type: "user" | "apiKey" | "system";
  id: string | null;
  impersonatorId: string | null;
  /** They act as an administrator of the platform. */
  administrator?: true;
};

/** What an actor is to who reads the history: `support` is an administrator who acts as somebody else. */
export const actorKinds = ["administrator", "support", "person", "key", "system"] as const;

/** Where a change came from; null where there was no request. */
export type Origin = { requestId: string | null; ipAddress: string | null; userAgent: string | null };

/**
 * The events that each module declares, by module. A module adds its own by declaration merging, which takes an
 * interface: an action that no module declares doesn't compile.
 */
export interface DeclaredEvents {}

/** `noun.past-participle`, e.g. `project.created`. The noun is the entity's type. */
export type AuditAction = { [Name in keyof DeclaredEvents]: keyof DeclaredEvents[Name] & string }[keyof DeclaredEvents];

/** Actions with what each of them means, as one sentence. */
export type Events = { readonly [Action in AuditAction]?: string };

/** The events of all modules. @throws when two modules declare the same one. */
export function eventsFrom(modules: readonly { name: string; events?: Events }[]): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  for (const { name, events = {} } of modules)
    for (const [action, meaning] of Object.entries(events)) {
      if (all.has(action)) throw new Error(`event ${action} is declared twice (again in ${name})`);
      all.set(action, meaning);
    }
  return all;
}

export type AuditEvent = {
  organizationId: string | null;
  actor: Actor;
  origin: Origin;
  action: AuditAction;
  entityId: string;
  changes: Changes;
};

const secret = /password|secret|token|hash|^(previous)?key$|privateKey/i;
const quiet = new Set(["updatedAt"]);

const plain = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : (value ?? null));

/** The value of a field as an audit event shows it: a secret's, at whatever depth, is left out. */
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
 * @param notSecret fields whose names sound like a secret's and aren't, such as the key in a view's path.
 */
export function difference(before: object | null, after: object | null, notSecret: readonly string[] = []): Changes {
  const [was, is] = [before ?? {}, after ?? {}] as [Record<string, unknown>, Record<string, unknown>];
  const changes: Changes = {};
  for (const field of new Set([...Object.keys(was), ...Object.keys(is)])) {
    if (quiet.has(field)) continue;
    const [from, to] = [plain(was[field]), plain(is[field])];
    if (Bun.deepEquals(from, to)) continue;
    changes[field] = notSecret.includes(field) ? { from, to } : { from: shown(field, from), to: shown(field, to) };
  }
  return changes;
}

/** Whether `input` names a value that the row doesn't have already. */
export const differs = (row: object, input: object): boolean => !Bun.deepEquals({ ...row, ...input }, row);
