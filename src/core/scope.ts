import type { Database, ReadDb, Tx } from "../db/client.ts";
import { type Actor, type AuditAction, difference, type Origin, type RecordAudit } from "./audit.ts";
import type { Clock } from "./clock.ts";

/** What a write did: the entity, as it was and as it is. Made by `created`, `updated` and `deleted`. */
export type Change<Result> = { entityId: string; before: object | null; after: object | null; result: Result };

type Row = { id: string };

/** A row was made. */
export const created = <R extends Row>(row: R): Change<R> => ({
  entityId: row.id,
  before: null,
  after: row,
  result: row,
});
/** A row was changed. Equal rows leave no audit event. */
export const updated = <R extends Row>(before: Row, row: R): Change<R> => ({
  entityId: row.id,
  before,
  after: row,
  result: row,
});
/** A row is gone. */
export const deleted = <R extends Row>(row: R): Change<R> => ({
  entityId: row.id,
  before: row,
  after: null,
  result: row,
});

/** Something that is no history: it leaves no audit event. */
export const unrecorded = <R extends Row>(row: R): Change<R> => updated(row, row);

/**
 * The bounds of a request: one organization, one actor. Reads run under row-level security; the only way
 * to write is `mutate`, which records its audit event in the same transaction.
 */
export type Scope = {
  readonly actor: Actor;
  readonly db: ReadDb;
  readonly now: Clock;
  /**
   * Runs `write` in one transaction with the audit event of what it returns.
   *
   * @param action `noun.past-participle`; its noun names the entity's type.
   * @param write makes the change through `tx` and returns it; whatever it throws rolls everything back.
   */
  mutate<Result>(action: AuditAction, write: (tx: Tx) => Promise<Change<Result>>): Promise<Result>;
};

/** The scope of one organization. */
export type OrganizationScope = Scope & { readonly organizationId: string };

/** What row-level security lets through; null lets none through. `platform` adds what belongs to no organization. */
export type Bounds = { organizationId: string | null; userId: string | null; platform?: true };

type Ports = {
  database: Database;
  recordAudit: RecordAudit;
  clock: Clock;
  /** Hears of each change that has been committed. */
  committed?: (action: AuditAction) => void;
};

/** Opens a scope. Costs nothing until it is used. */
export function openScope(ports: Ports, actor: Actor, origin: Origin, bounds: Bounds): Scope {
  const settings = {
    "app.organization_id": bounds.organizationId ?? "",
    "app.user_id": bounds.userId ?? "",
    ...(bounds.platform ? { "app.platform_role": "admin" } : {}),
  };
  let db: ReadDb | undefined;
  return {
    actor,
    now: ports.clock,
    get db() {
      return (db ??= ports.database.scoped(settings));
    },
    async mutate(action, write) {
      const result = await ports.database.transaction(settings, async (tx) => {
        const change = await write(tx);
        const changes = difference(change.before, change.after);
        const unchanged = change.before && change.after && Object.keys(changes).length === 0;
        if (!unchanged) {
          const { organizationId } = bounds;
          await ports.recordAudit(tx, { organizationId, actor, origin, action, entityId: change.entityId, changes });
        }
        return change.result;
      });
      ports.committed?.(action);
      return result;
    },
  };
}
