import { and, eq, getTableColumns, type SQL } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { z } from "zod";
import { type AuditAction, differs } from "../../core/audit.ts";
import { isUuid } from "../../core/principal.ts";
import { notFound } from "../../core/problem.ts";
import { deleted, type Held, type Hold, type OrganizationScope } from "../../core/scope.ts";
import type { Tx } from "../types.ts";
import { isLive, isTrashed, type OrgTable } from "./org-table.ts";
import { rowLists, type Where } from "./row-lists.ts";

type Row = { id: string };
/** What the events of a permanent deletion are about. */
type Purged = AuditAction extends infer Action ? (Action extends `${infer Kind}.purged` ? Kind : never) : never;
type Given = "id" | "organizationId" | "createdAt" | "updatedAt" | "deletedAt" | "deletedBy";
type Changes<Shown> = { [Key in keyof Omit<Shown, Given>]?: Shown[Key] | undefined };
type Options<Shown extends Row, Schema, Hidden> = {
  /** How a row is shown, which its version stands for. */
  schema: Schema;
  /** Columns that readers don't get. */
  hidden?: readonly Hidden[];
  /** Columns that name the users whose own a row is. */
  owners?: readonly (keyof Shown & string)[];
};

/**
 * The rows of a table, each of them found by its organization and its id. What isn't there, is another organization's,
 * or is in another state (live, or in the trash) than asked for, is 404.
 */
export function rowsOf<
  Shown extends Row,
  New extends object,
  Schema extends z.ZodObject,
  Hidden extends keyof Shown = never,
>(
  table: OrgTable<string, {}, true> & { $inferSelect: Shown; $inferInsert: New },
  options: Options<Shown, Schema, Hidden>,
) {
  type Whole = Omit<Shown, Hidden> & Row;
  const t: OrgTable<string, {}, true> = table;
  const { hidden = [], owners = [] } = options;
  const entries = Object.entries(getTableColumns(t)).filter(([name]) => !hidden.includes(name as Hidden));
  const columns = Object.fromEntries(entries) as ReturnType<typeof getTableColumns<typeof t>>;
  const states = { live: isLive(t), trashed: isTrashed(t) };
  const one = ({ organizationId }: Pick<Where, "organizationId">, id: string) =>
    and(eq(t.organizationId, organizationId), eq(t.id, id));
  const only = (rows: object[]): Whole => {
    const [row] = rows;
    if (!row) throw notFound();
    return row as Whole;
  };

  /** One live row. `among` narrows it, to the rows of one project for example. */
  async function find(where: Where, id: string, among?: SQL): Promise<Whole> {
    if (!isUuid(id)) throw notFound();
    return only(
      await where.db
        .select(columns)
        .from(t)
        .where(and(one(where, id), states.live, among)),
    );
  }

  /**
   * Reads a row, keeps others from changing it until the transaction ends, and holds it to what the request demands.
   *
   * @throws 404, 403 where only one's own may be changed, 412.
   */
  async function lock(
    tx: Tx,
    hold: Hold,
    scope: OrganizationScope,
    id: string,
    state: keyof typeof states = "live",
    among?: SQL,
  ): Promise<Held<Whole>> {
    if (!isUuid(id)) throw notFound();
    const row = only(
      await tx
        .select(columns)
        .from(t)
        .where(and(one(scope, id), states[state], among))
        .for("update"),
    );
    const ownedBy = owners.map((name) => row[name as never] as string | null);
    return hold(row, options.schema as z.ZodType, ownedBy);
  }

  /** Makes a row of the organization, as of now. */
  async function insert(tx: Tx, scope: OrganizationScope, values: Omit<New, Given>): Promise<Whole> {
    const now = scope.now();
    const row = { ...values, organizationId: scope.organizationId, createdAt: now, updatedAt: now };
    return only(await tx.insert(t).values(row).returning(columns));
  }

  const write = async (tx: Tx, scope: OrganizationScope, row: Held<Row>, values: object): Promise<Whole> =>
    only(await tx.update(t).set(values).where(one(scope, row.id)).returning(columns));

  /**
   * Changes a row that is held, as of now. Where nothing differs nothing is written, so that its version stays.
   *
   * @returns it as it is then.
   */
  const change = async (tx: Tx, scope: OrganizationScope, row: Held<Whole>, values: Changes<Shown>): Promise<Whole> =>
    differs(row, values) ? await write(tx, scope, row, { ...values, updatedAt: scope.now() }) : row;

  /** Deletes a row that is held, with what goes with it. */
  async function remove(tx: Tx, scope: OrganizationScope, row: Held<Row>): Promise<void> {
    await tx.delete(t).where(one(scope, row.id));
  }

  /** Moves a row that is held into the trash. Its `updatedAt` stays. */
  const trash = (tx: Tx, scope: OrganizationScope, row: Held<Row>): Promise<Whole> =>
    write(tx, scope, row, { deletedAt: scope.now(), deletedBy: scope.userId });

  /** Takes a row that is held out of the trash. */
  const restore = (tx: Tx, scope: OrganizationScope, row: Held<Row>): Promise<Whole> =>
    write(tx, scope, row, { deletedAt: null, deletedBy: null, updatedAt: scope.now() });

  const many = rowLists<Shown, Schema>({ table: t, columns, owners, schema: options.schema });

  /**
   * What a module says of its trash: the permission and the event are called after the `kind`. A row is purged from the
   * trash only, whatever became of what it belongs to: 404, 412.
   *
   * @param shown what the trash shows of each; `name` says what it is called.
   */
  const inTrash = <Kind extends Purged, Extra extends string = never>(
    kind: Kind,
    shown: Record<"name" | Extra, PgColumn>,
  ) => ({
    kind,
    permission: `${kind}:purge` as const,
    purged: `${kind}.purged` as const,
    list: (scope: OrganizationScope, after: readonly string[] | null, limit: number) =>
      many.trashed(scope, shown, after, limit),
    purge: (scope: OrganizationScope, id: string) =>
      scope.mutate(`${kind}.purged` as AuditAction, async (tx, hold) => {
        const before = await lock(tx, hold, scope, id, "trashed");
        await remove(tx, scope, before);
        return deleted(before);
      }),
    expire: many.expire,
  });

  const { ownersById, personal, list } = many;
  return { find, lock, insert, change, trash, restore, inTrash, ownersById, personal, list };
}
