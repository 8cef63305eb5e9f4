import { asc, desc, type Placeholder, type SQL, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";

/**
 * The order of a list and where a page of it begins. An index that ends in `columns`, all ascending, serves either
 * direction, provided none is an expression: row-level security keeps functions out of index conditions.
 *
 * @param columns what the list is sorted by; none is null, and the last is unique.
 * @param position the last row's values of `columns` as text, or placeholders for them; null begins at the start.
 */
export function keyset(
  columns: readonly AnyPgColumn[],
  direction: "asc" | "desc",
  position: readonly (string | Placeholder)[] | null,
): { orderBy: SQL[]; after: SQL | undefined } {
  const order = direction === "asc" ? asc : desc;
  const beyond = sql.raw(direction === "asc" ? ">" : "<");
  const values = position?.map((value) => sql`${value}`);
  return {
    orderBy: columns.map((column) => order(column)),
    after: values ? sql`(${sql.join([...columns], sql`, `)}) ${beyond} (${sql.join(values, sql`, `)})` : undefined,
  };
}
