import type { z } from "zod";
import type { Permission } from "./access/permission.ts";
import type { Database, ReadDb, Tx } from "../db/types.ts";
import { type Actor, type AuditAction, type AuditEvent, difference, type Origin } from "./audit.ts";
import type { Clock } from "./clock.ts";
import type { CursorCodec } from "./page.ts";
import { Forbidden, type Problem } from "./problem.ts";
import { checkMatch } from "./version.ts";

/** Writes events inside the transaction of the changes that they describe, all in one statement. */
export type RecordAudit = (tx: Tx, ...events: readonly AuditEvent[]) => Promise<void>;

/** What a write did: the entity before and after it. Made by `created`, `updated`, `deleted` and `unrecorded`. */
export type Change<Result> = {
  entityId: string;
  before: object | null;
  after: object | null;
  result: Result;
  /** Fields whose names sound like a secret's and aren't: the audit event shows them. */
  notSecret?: readonly string[];
};

type Row = { id: string };

declare const held: unique symbol;

/** A row that was held to what the request demands of it. Only `Hold` makes one. */
export type Held<R> = R & { readonly [held]: true };

/** A row was made. */
export const created = <R extends Row>(row: R): Change<R> => ({
  entityId: row.id,
  before: null,
  after: row,
  result: row,
});
/** A row was changed. Equal rows leave no audit event. @param before the row as it was held. */
export const updated = <R extends Row>(before: Held<Row>, row: R): Change<R> => ({
  entityId: row.id,
  before,
  after: row,
  result: row,
});
/** A row is gone. */
export const deleted = <R extends Row>(row: Held<R>): Change<R> => ({
  entityId: row.id,
  before: row,
  after: null,
  result: row,
});

/** A change that isn't audited: its action is null. */
export const unrecorded = <R extends Row>(row: R): Change<R> => ({
  entityId: row.id,
  before: null,
  after: null,
  result: row,
});

/** What a request demands of the row that it changes. The scope carries it, and a verb meets it by `hold`. */
export type Demands = {
  /** If-Match: the row is still this version. */
  readonly expected?: string | undefined;
  /** The caller holds the permission for their own rows only. */
  readonly ownOnly?: { readonly permission: Permission; readonly userId: string } | undefined;
};

/**
 * Holds a locked row to what the request demands, in this order: 403 where the caller may change their own rows only
 * and this isn't one, 412 where the client named another version.
 *
 * @param schema how the row is shown, which its ETag stands for; null for a row without a version.
 * @param owners the users whose own it is; without them it is nobody's.
 * @returns the row.
 */
export type Hold = <R extends Row, Schema extends z.ZodType>(
  row: R & (z.input<Schema> | z.output<Schema>),
  schema: Schema | null,
  owners?: readonly (string | null)[],
) => Held<R>;

/** What the database refuses, by the constraint's name or the guard's SQLSTATE, and the problem that says so. */
export type Refusals = Readonly<Record<string, (cause: unknown) => Problem>>;

/**
 * The bounds of a request: one organization, one actor. Reads run under row-level security; the only way
 * to write is `mutate`, which records its audit event in the same transaction.
 */
export type Scope = {
  readonly actor: Actor;
  readonly origin: Origin;
  /** The person who acts; null for a key or a job. */
  readonly userId: string | null;
  readonly db: ReadDb;
  readonly now: Clock;
  readonly cursors: CursorCodec;
  /** For a change that another port makes in a transaction of its own, as the directory does through better-auth. */
  readonly hold: Hold;
  /**
   * Runs `write` in one transaction with the audit event of what it returns.
   *
   * @param action which event it is, of those that modules declare; null for a change that isn't audited.
   * @param write makes the change through `tx` and returns it; whatever it throws rolls everything back. It holds each
   * row that it changes or deletes to what the request demands.
   * @param refusals the problems for what the database refuses.
   * @throws the refusal whose constraint failed; an error, after rolling back, where a row changed that wasn't held.
   */
  mutate<Result>(
    action: AuditAction | null,
    write: (tx: Tx, hold: Hold) => Promise<Change<Result>>,
    refusals?: Refusals,
  ): Promise<Result>;
};

/** The scope of one organization. */
export type OrganizationScope = Scope & { readonly organizationId: string };

/** What row-level security lets through; null lets none through. `platform` adds what belongs to no organization. */
export type Bounds = { organizationId: string | null; userId: string | null; platform?: true };

/** What a scope is made of. */
export type ScopePorts = {
  database: Database;
  recordAudit: RecordAudit;
  clock: Clock;
  cursors: CursorCodec;
  /** The names by which the database refused: of the constraint, and the SQLSTATE. */
  violations(err: unknown): readonly string[];
  /** Called with each change that has been committed. */
  committed?: (action: AuditAction) => void;
};

/** Opens a scope. Costs nothing until it is used. */
export function openScope(
  ports: ScopePorts,
  actor: Actor,
  origin: Origin,
  bounds: Bounds,
  demands: Demands = {},
): Scope {
  const settings = {
    "app.organization_id": bounds.organizationId ?? "",
    "app.user_id": bounds.userId ?? "",
    ...(bounds.platform ? { "app.platform_role": "admin" } : {}),
  };
  let db: ReadDb | undefined;
  return {
    actor,
    origin,
    userId: actor.type === "user" ? actor.id : null,
    now: ports.clock,
    cursors: ports.cursors,
    hold: holder(demands).hold,
    get db() {
      return (db ??= ports.database.scoped(settings));
    },
    async mutate(action, write, refusals) {
      const work = ports.database.transaction(settings, async (tx) => {
        const { hold, held } = holder(demands);
        const change = await write(tx, hold);
        if (!held() && (change.before || demands.ownOnly))
          throw new Error(
            `${action ?? "a write"} changes a row that wasn't held to what the request demands: call hold first`,
          );
        const changes = difference(change.before, change.after, change.notSecret);
        const recorded = Object.keys(changes).length > 0 || Boolean(change.before) !== Boolean(change.after);
        if (recorded) {
          if (action === null) throw new Error("a change that isn't audited is returned by unrecorded");
          const { organizationId } = bounds;
          await ports.recordAudit(tx, { organizationId, actor, origin, action, entityId: change.entityId, changes });
        }
        return change.result;
      });
      const result = await (refusals
        ? work.catch((err: unknown) => refuse(ports.violations(err), refusals, err))
        : work);
      if (action !== null) ports.committed?.(action);
      return result;
    },
  };
}

function holder({ expected, ownOnly }: Demands): { hold: Hold; held: () => boolean } {
  let held = false;
  const hold: Hold = (row, schema, owners = []) => {
    held = true;
    if (ownOnly && !owners.includes(ownOnly.userId))
      throw Forbidden(`You hold the permission ${ownOnly.permission} only for what is your own.`);
    checkMatch(expected, schema, row as never);
    return row as never;
  };
  return { hold, held: () => held };
}

function refuse(names: readonly string[], refusals: Refusals, cause: unknown): never {
  for (const name of names) if (refusals[name]) throw refusals[name](cause);
  throw cause;
}
