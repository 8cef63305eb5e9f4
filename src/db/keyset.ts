import { asc, desc, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";

/**
 * The order of a list and where a page of it begins. An index that ends in (`key`, `id`), both ascending, serves either
 * direction, provided neither is an expression: row-level security keeps functions out of index conditions.
 *
 * @param key what the list is sorted by; not null.
 * @param id breaks ties; unique.
 * @param after the last row's `key` and `id` as text; null begins at the start.
 */
export function keyset(key: AnyPgColumn, id: AnyPgColumn, direction: "asc" | "desc", after: readonly string[] | null) {
  const order = direction === "asc" ? asc : desc;
  const beyond = sql.raw(direction === "asc" ? ">" : "<");
  return {
    orderBy: [order(key), order(id)],
    after: after ? sql`(${key}, ${id}) ${beyond} (${after[0]}, ${after[1]})` : undefined,
  };
}
