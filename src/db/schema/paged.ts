import type { AnyPgColumn } from "drizzle-orm/pg-core";
import { type Placeholder, type SQL, sql } from "drizzle-orm";
import { page } from "../../core/page.ts";
import type { Scope } from "../../core/scope.ts";
import { keyset } from "./keyset.ts";

/** What a list is sorted by. `list` names it in its cursors, together with `key` and `direction`. */
export type Order<Key extends string> = {
  list: string;
  table: Readonly<Record<Key | "id", AnyPgColumn>>;
  /** A column that isn't null; `id` alone where the ids themselves sort the list. Ties are broken by `id`. */
  key: Key;
  direction: "asc" | "desc";
};

/** Where a page begins and ends, as parts of its query. */
export type Place<Key extends string = string> = {
  /** The columns that the list is sorted by, which its rows must have. */
  fields: Readonly<Record<Key | "id", AnyPgColumn>>;
  /** The condition that leaves out what came on earlier pages; undefined on the first one. */
  after: SQL | undefined;
  orderBy: SQL[];
  /** One row more than the page holds, which shows that another page follows. */
  limit: number;
  /** The same for a statement that is built once: what names it, and its place with placeholders for `values`. */
  again: {
    name: string;
    after: SQL | undefined;
    limit: Placeholder;
    values: Readonly<Record<string, string | number>>;
  };
};

/**
 * Reads one page of a list by keyset, so that the last page costs what the first does. The cursor that it gives out is
 * made of the columns that it sorts by: a client can't bring it to another list or another order.
 *
 * @param query `limit` rows at most, after the row that `cursor` was given out for.
 * @param read runs the query with the given place. Its rows have the fields `order.key` and `id`.
 * @throws 422 for a cursor that this list didn't give out.
 */
export async function paged<Key extends string, Row extends Record<Key | "id", Date | string | number | null>>(
  { cursors }: Pick<Scope, "cursors">,
  { list, table, key, direction }: Order<Key>,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  read: (place: Place<Key>) => PromiseLike<Row[]>,
): Promise<{ data: Row[]; nextCursor: string | null }> {
  const name = `${list}:${direction === "desc" ? "-" : ""}${key}`;
  const fields: (Key | "id")[] = key === "id" ? ["id"] : [key, "id"];
  const columns = fields.map((field) => table[field]);
  const position = cursor === undefined ? null : cursors.decode(name, cursor);
  const again = {
    name: position ? `${name}+` : name,
    after: keyset(columns, direction, position && fields.map((field) => sql.placeholder(field))).after,
    limit: sql.placeholder("limit"),
    values: { limit: limit + 1, ...Object.fromEntries((position ?? []).map((value, at) => [fields[at], value])) },
  };
  const sorting = Object.fromEntries(fields.map((field) => [field, table[field]])) as Place<Key>["fields"];
  const rows = await read({ ...keyset(columns, direction, position), fields: sorting, limit: limit + 1, again });
  return page(rows, limit, (row) =>
    cursors.encode(
      name,
      fields.map((field) => asText(row[field])),
    ),
  );
}

const asText = (value: Date | string | number | null): string =>
  value instanceof Date ? value.toISOString() : String(value ?? "");
