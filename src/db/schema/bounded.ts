import { type Column, sql } from "drizzle-orm";
import { check } from "drizzle-orm/pg-core";

/**
 * Characters that a column may hold, where the table doesn't say otherwise: of text enough for names, ids and codes, of
 * JSON, as PostgreSQL writes it, for a few settings.
 */
const usual: Readonly<Record<string, number>> = { PgText: 255, PgJsonb: 4096 };

/**
 * The checks that bound a table's text and JSON, a column each: `...bounded("note", t, { body: 4000 })`. Nothing that a
 * stranger sends is stored at whatever length they like; generated columns follow from bounded ones.
 *
 * @param columns the table's, as its extras get them.
 * @param longer the characters of those columns that may hold more than usual, by their key.
 */
export function bounded<Columns extends Record<string, Column>>(
  table: string,
  columns: Columns,
  longer: { readonly [Key in keyof Columns]?: number } = {},
) {
  return Object.entries(columns).flatMap(([key, column]) =>
    column.columnType in usual && column.generated === undefined
      ? [check(`${table}_${column.name}_length`, lengthOf(column, longer[key] ?? usual[column.columnType] ?? 0))]
      : [],
  );
}

const lengthOf = (column: Column, most: number) =>
  column.columnType === "PgJsonb"
    ? sql`length(${column}::text) <= ${sql.raw(String(most))}`
    : sql`length(${column}) <= ${sql.raw(String(most))}`;

/** The check that a column holds nothing but links of the web: pages show it, and a `javascript:` link would run there. */
export const webLink = (table: string, column: Column) =>
  check(`${table}_${column.name}_link`, sql`${column} ~* '^https?://'`);
