import { getTableColumns, getTableName, relations } from "drizzle-orm";
import { bigint, boolean, integer, jsonb, type PgColumn, pgTable, text, uuid } from "drizzle-orm/pg-core";
import type { BetterAuthOptions } from "better-auth";
import { getAuthTables } from "better-auth/db";
import { instant } from "../../../../src/db/schema/columns.ts";

type Model = ReturnType<typeof getAuthTables>[string];
type Field = Model["fields"][string];
type Table = Record<string, PgColumn>;
/** A column that points to another table's. */
type Reference = { from: string; column: string; to: string; target: string; onDelete: string; unique: boolean };

/**
 * The tables that better-auth needs with `options`, under the names that its Drizzle adapter looks for: for drizzle, with
 * the relations that it joins along, and the SQL that makes them.
 */
export function tablesOf(options: BetterAuthOptions): { schema: Record<string, unknown>; ddl: string } {
  const models = getAuthTables(options);
  const uuids = options.advanced?.database?.generateId === "uuid";
  const tables: Record<string, Table> = {};
  const references: Reference[] = [];
  for (const [name, { modelName: from, fields }] of Object.entries(models)) {
    const id = uuids ? uuid("id").primaryKey().defaultRandom() : text("id").primaryKey();
    const columns: Record<string, unknown> = { id };
    for (const [key, field] of Object.entries(fields)) {
      const column = field.fieldName ?? key;
      columns[column] = columnOf(key, field, uuids);
      if (field.references) {
        const { model, field: target, onDelete = "cascade" } = field.references;
        const named = models[model];
        const to = named?.modelName ?? model;
        const unique = field.unique === true;
        references.push({ from, column, to, target: named?.fields[target]?.fieldName ?? target, onDelete, unique });
      }
    }
    tables[from] = pgTable(snake(name), columns as never) as unknown as Table;
  }
  return { schema: { ...tables, ...relationsOf(tables, references) }, ddl: ddlOf(tables, references) };
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function columnOf(key: string, field: Field, uuids: boolean) {
  const name = snake(key);
  const made = () => {
    if (uuids && field.references?.field === "id") return uuid(name);
    switch (field.type) {
      case "number":
        return field.bigint ? bigint(name, { mode: "number" }) : integer(name);
      case "boolean":
        return boolean(name);
      case "date":
        return instant(name);
      case "json":
        return jsonb(name);
      case "string[]":
        return text(name).array();
      case "number[]":
        return integer(name).array();
      default:
        return text(name);
    }
  };
  const column = field.unique ? made().unique() : made();
  return field.required === false ? column : column.notNull();
}

/** One table's side of each reference, and the other's: `user` and `sessions`, or `oneToOneTable` where it is unique. */
function relationsOf(tables: Record<string, Table>, references: readonly Reference[]): Record<string, unknown> {
  const of = (table: string) =>
    relations(tables[table] as never, ({ one, many }) => {
      const found: Record<string, unknown> = {};
      for (const { from, column, to, target, unique } of references) {
        const relationName = `${from}.${column}`;
        const [here, there] = [tables[from], tables[to]] as [Table, Table];
        if (from === table)
          found[to] ??= one(
            there as never,
            { relationName, fields: [here[column]], references: [there[target]] } as never,
          );
        // Drizzle takes no name here.
        if (to === table && unique) found[from] ??= one(here as never);
        if (to === table && !unique) found[`${from}s`] ??= many(here as never, { relationName });
      }
      return found as never;
    });
  return Object.fromEntries(Object.keys(tables).map((table) => [`${table}Relations`, of(table)]));
}

const nameOf = (table: Table): string => getTableName(table as never);

function ddlOf(tables: Record<string, Table>, references: readonly Reference[]): string {
  const created = Object.values(tables).map((table) => {
    const columns = Object.values(getTableColumns(table as never) as Table).map((column) => {
      const rules = [
        column.primary && "primary key",
        column.primary && column.getSQLType() === "uuid" && "default gen_random_uuid()",
        column.notNull && "not null",
        column.isUnique && "unique",
      ];
      return `"${column.name}" ${column.getSQLType()} ${rules.filter(Boolean).join(" ")}`;
    });
    return `create table "${nameOf(table)}" (${columns.join(", ")});`;
  });
  const referring = references.map(({ from, column, to, target, onDelete }) => {
    const [here, there] = [tables[from], tables[to]] as [Table, Table];
    return `alter table "${nameOf(here)}" add foreign key ("${here[column]?.name}") references "${nameOf(there)}" ("${there[target]?.name}") on delete ${onDelete};`;
  });
  return [...created, ...referring].join("\n");
}
