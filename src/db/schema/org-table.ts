import { type BuildColumns, isNotNull, isNull } from "drizzle-orm";
import {
  type AnyPgColumn,
  foreignKey,
  index,
  type PgColumn,
  type PgColumnBuilderBase,
  pgTable,
  type PgTableExtraConfigValue,
  type PgTableWithColumns,
  text,
  unique,
} from "drizzle-orm/pg-core";
import { user } from "../../auth/tables/identity.ts";
import { organization } from "../../auth/tables/organization.ts";
import { bounded } from "./bounded.ts";
import { id, instant, organizationId } from "./columns.ts";

type Columns = Record<string, PgColumnBuilderBase>;

const head = () => ({ id: id(), organizationId: organizationId(() => organization.id) });
const times = () => ({ createdAt: instant("created_at").notNull(), updatedAt: instant("updated_at").notNull() });
const trashed = () => ({ deletedAt: instant("deleted_at"), deletedBy: text("deleted_by") });

type Whole<Own extends Columns, Trash extends boolean> = ReturnType<typeof head> &
  Own &
  ReturnType<typeof times> &
  (Trash extends true ? ReturnType<typeof trashed> : {});

/** A table made by `orgTable`, with what every one of them has. */
export type OrgTable<
  Name extends string = string,
  Own extends Columns = {},
  Trash extends boolean = boolean,
> = PgTableWithColumns<{
  name: Name;
  schema: undefined;
  columns: BuildColumns<Name, Whole<Own, Trash>, "pg">;
  dialect: "pg";
}>;

type Options<Key extends string, Trash extends boolean> = {
  /** Rows go into a trash before they are gone: adds `deletedAt` and `deletedBy`. */
  trash?: Trash;
  /** The row of another such table that a row belongs to and goes with, and whose rows it is listed among. */
  within?: { column: Key; table: OrgTable };
  /** Columns that name a user, each cleared when that user is deleted. */
  people?: readonly Key[];
  /** How many characters a column of text may hold, where that is more than 255. */
  longer?: { readonly [Column in Key]?: number };
};

/**
 * A table whose rows each belong to one organization: `id`, `organizationId`, the columns of its own, `createdAt`,
 * `updatedAt`. It comes with an index in the order of creation, the target of composite foreign keys, a bound for
 * each text, and what `options` ask for. Row-level security and privileges follow from its `organization_id` (db/guards/tenancy.sql).
 *
 * @param extra further indexes and constraints.
 */
export function orgTable<Name extends string, Own extends Columns, Trash extends boolean = false>(
  name: Name,
  own: Own,
  options: Options<keyof Own & string, Trash> = {},
  extra: (table: Record<keyof Whole<Own, Trash>, PgColumn>) => PgTableExtraConfigValue[] = () => [],
): OrgTable<Name, Own, Trash> {
  const { trash, within, people = [], longer = {} } = options;
  const columns = { ...head(), ...own, ...times(), ...(trash ? trashed() : {}) };
  const table = pgTable(name, columns, (built) => {
    const t = built as unknown as Record<string, PgColumn> & Record<Always | "deletedAt", PgColumn>;
    const parent = within ? [t[within.column]] : [];
    // Ascending, and read backwards for what is newest first.
    const created = index(trash ? `${name}_live_created_idx` : `${name}_created_idx`);
    const newest = created.on(t.organizationId, ...parent, t.createdAt, t.id);
    return [
      ...bounded(name, t, longer),
      // The target of composite foreign keys: what refers to a row stays in its organization.
      unique(`${name}_organization_id_unique`).on(t.organizationId, t.id),
      trash ? newest.where(isLive(t)) : newest,
      ...(trash
        ? [
            index(`${name}_trash_idx`).on(t.organizationId, t.deletedAt, t.id).where(isTrashed(t)),
            index(`${name}_purge_idx`).on(t.deletedAt).where(isTrashed(t)),
          ]
        : []),
      ...(within ? belonging(name, t, t[within.column], within.table) : []),
      ...(trash ? [...people, "deletedBy"] : people).flatMap((key) => person(name, t[key])),
      ...extra(t as never),
    ];
  });
  return table as never;
}

type Always = keyof ReturnType<typeof head> | keyof ReturnType<typeof times>;
type Deletable = { deletedAt: AnyPgColumn };

/** The condition that a row isn't in the trash: of queries, and of indexes that serve them. */
export const isLive = (t: Deletable) => isNull(t.deletedAt);

/** The condition that a row is in the trash. */
export const isTrashed = (t: Deletable) => isNotNull(t.deletedAt);

const belonging = (name: string, t: Record<Always, PgColumn>, column: PgColumn, parent: OrgTable) => [
  index(`${name}_${stem(column)}_idx`).on(t.organizationId, column),
  foreignKey({
    columns: [t.organizationId, column],
    foreignColumns: [parent.organizationId, parent.id],
    name: `${name}_${stem(column)}_fk`,
  }).onDelete("cascade"),
];

const person = (name: string, column: PgColumn) => [
  index(`${name}_${column.name}_idx`).on(column),
  foreignKey({ columns: [column], foreignColumns: [user.id], name: `${name}_${stem(column)}_fk` }).onDelete("set null"),
];

/** `project_id` → `project`. */
const stem = (column: PgColumn): string => column.name.replace(/_id$/, "");
