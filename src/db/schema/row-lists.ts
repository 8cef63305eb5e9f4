import {
  and,
  asc,
  eq,
  getTableColumns,
  getTableName,
  gt,
  inArray,
  lt,
  or,
  type Placeholder,
  type SQL,
  sql,
} from "drizzle-orm";
import { type PgColumn, unionAll } from "drizzle-orm/pg-core";
import type { z } from "zod";
import { user } from "../../auth/tables/identity.ts";
import type { Permission } from "../../core/access/permission.ts";
import { inPages } from "../../core/page.ts";
import { isUuid } from "../../core/principal.ts";
import type { OrganizationScope } from "../../core/scope.ts";
import { type Statement, statement } from "../drizzle/handle.ts";
import type { Tx } from "../types.ts";
import { keyset } from "./keyset.ts";
import { isLive, isTrashed, type OrgTable } from "./org-table.ts";
import type { Place } from "./paged.ts";

/** Where rows are read: one organization's, through this handle. */
export type Where = Pick<OrganizationScope, "db" | "organizationId">;

/** Who has each of some rows as their own, by the row's id. A row that the organization doesn't have is left out. */
export type Owners = ReadonlyMap<string, readonly (string | null)[]>;

/** A deleted row as the trash lists it. */
export type TrashedRow = { id: string; name: string; deletedAt: Date; deletedBy: { id: string; name: string } | null };

type Row = { id: string };
/** Deleted rows are left out of a list, come along, or are the list. */
type Listed = "exclude" | "include" | "only";
type Listing = Pick<Place, "fields" | "after" | "orderBy"> & {
  limit: number | Placeholder;
  organizationId: string | Placeholder;
  where?: SQL | undefined;
};

/** What several rows of a table are read by. */
type Of<Schema> = {
  table: OrgTable<string, {}, true>;
  /** The columns that readers get. */
  columns: ReturnType<typeof getTableColumns<OrgTable<string, {}, true>>>;
  /** Columns that name the users whose own a row is. */
  owners: readonly string[];
  /** How a row is shown: a list reads these columns alone, and those that sort it. */
  schema: Schema;
};

/** The part of `rowsOf` that is about several rows at once: lists, the trash, whose own they are. */
export function rowLists<Shown, Schema extends z.ZodObject>({ table: t, columns, owners, schema }: Of<Schema>) {
  const states = { live: isLive(t), trashed: isTrashed(t) };
  const column = (name: string) => getTableColumns(t)[name as "id"] as PgColumn;

  /** Whose own some rows are, whatever their state, in one statement; none where no id can name a row. */
  async function ownersById(where: Where, ids: readonly string[]): Promise<Owners> {
    const wanted = ids.filter(isUuid);
    if (wanted.length === 0) return new Map();
    const named = Object.fromEntries(owners.map((name) => [name, column(name)]));
    const rows = await where.db
      .select({ ...named, id: t.id })
      .from(t)
      .where(and(eq(t.organizationId, where.organizationId), inArray(t.id, wanted)));
    return new Map(rows.map((row) => [row.id, owners.map((name) => row[name as never])]));
  }

  /**
   * A person's own rows, whatever their state, for the export of their data.
   *
   * @param permission what they must hold, for their own rows at least, to read them.
   */
  const personal = (permission: Permission) => ({
    by: owners.map((name) => `${getTableName(t)}.${column(name).name}`),
    schema,
    permission,
    read: ({ db, organizationId, userId }: Where & { userId: string }) =>
      inPages<Row>(async (last, limit) => {
        const own = or(...owners.map((name) => eq(column(name), userId)));
        const rows = await db
          .select(columns)
          .from(t)
          .where(and(eq(t.organizationId, organizationId), own, last ? gt(t.id, last.id) : undefined))
          .orderBy(asc(t.id))
          .limit(limit);
        // A row may be others' own as well, who aren't the reader's to hand out.
        const others = (row: object) =>
          owners.filter((name) => row[name as never] !== userId).map((name) => [name, null] as const);
        return rows.map((row) => ({ ...row, ...Object.fromEntries(others(row)) }));
      }),
  });

  /**
   * The organization's deleted rows, last deleted first, with who deleted them; `limit` of them after a position.
   *
   * @param shown columns to read besides; `name` says what the row is called.
   */
  async function trashed<Extra extends string = never>(
    where: Where,
    shown: Record<"name" | Extra, PgColumn>,
    after: readonly string[] | null,
    limit: number,
  ): Promise<(TrashedRow & Record<Extra, string>)[]> {
    const place = keyset([t.deletedAt, t.id], "desc", after);
    const rows = await where.db
      .select({ ...shown, id: t.id, deletedAt: t.deletedAt, deletedBy: { id: user.id, name: user.name } })
      .from(t)
      .leftJoin(user, eq(user.id, t.deletedBy))
      .where(and(eq(t.organizationId, where.organizationId), states.trashed, place.after))
      .orderBy(...place.orderBy)
      .limit(limit);
    return rows as never;
  }

  /** Deletes up to `limit` rows that came into the trash before an instant, of all organizations. @returns them. */
  async function expire(tx: Tx, before: Date, limit: number): Promise<(Row & { organizationId: string })[]> {
    const rows = await tx
      .select(columns)
      .from(t)
      .where(lt(t.deletedAt, before))
      .orderBy(t.deletedAt)
      .limit(limit)
      .for("update", { skipLocked: true });
    const ids = rows.map((row) => row.id);
    if (ids.length > 0) await tx.delete(t).where(inArray(t.id, ids));
    return rows;
  }

  /**
   * A page's rows: live ones, deleted ones, or both. The indexes are of live rows and of deleted ones, so both at once
   * are two ordered reads, merged.
   *
   * @param which `exclude` the deleted ones, `include` them, or `only` them.
   * @param where what narrows the list besides; the organization and the place are added.
   */
  async function list<Key extends keyof Shown & string>(
    scope: Where,
    place: Place<Key>,
    which: Listed,
    where?: SQL,
  ): Promise<(Pick<Shown, Extract<keyof Shown, keyof z.input<Schema>> | Key> & Row)[]> {
    const { organizationId, db } = scope;
    if (where) return (await listing(db, which, { ...place, organizationId, where })) as never;
    const { name, values, ...again } = place.again;
    const key = `${name}_${which}`;
    let read = lists.get(key);
    if (!read) {
      const at = { ...place, ...again, organizationId: sql.placeholder("organizationId") };
      lists.set(key, (read = statement(`list_${key}`, (handle) => listing(handle, which, at))));
    }
    return (await read(db, { ...values, organizationId })) as never;
  }

  // As many as there are lists, orders and states: without a filter of its own, a list has no other statement.
  const lists = new Map<string, Statement<unknown>>();
  const shown = Object.fromEntries(Object.entries(columns).filter(([name]) => name in schema.shape));

  function listing(db: Where["db"], which: Listed, at: Listing) {
    const read = (state: SQL) =>
      db
        .select({ ...shown, ...at.fields })
        .from(t)
        .where(and(eq(t.organizationId, at.organizationId), state, at.where, at.after))
        .orderBy(...at.orderBy)
        .limit(at.limit);
    const both = () =>
      unionAll(read(states.live), read(states.trashed))
        .orderBy(...at.orderBy)
        .limit(at.limit);
    return which === "include" ? both() : read(which === "only" ? states.trashed : states.live);
  }

  return { ownersById, personal, trashed, expire, list };
}
