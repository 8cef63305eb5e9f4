import { sql, type SQL } from "drizzle-orm";
import { type AnyPgColumn, pgPolicy, pgRole, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** The role that every scoped statement runs as. It owns nothing, so row-level security binds it. */
export const appRole = pgRole("gatehouse_app").existing();

/** Primary key: a uuid v7 (RFC 9562) made in the application, so that it sorts by creation time. */
export const id = () =>
  uuid("id")
    .primaryKey()
    .$defaultFn(() => Bun.randomUUIDv7());

/** An instant with its zone; a `Date` in the application, RFC 3339 UTC on the wire. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: "date" });

/** The organization that owns the row. Not null: a row without a tenant can't be stored. */
export const organizationId = (organization: () => AnyPgColumn) =>
  text("organization_id").notNull().references(organization, { onDelete: "cascade" });

/** A transaction-local setting as an InitPlan, read once per statement; null when it isn't set. */
const setting = (name: string): SQL => sql`(select nullif(current_setting(${sql.raw(`'${name}'`)}, true), ''))`;

/** Row-level security by the organization that the transaction was opened for. */
export const organizationPolicy = (name: string, column: AnyPgColumn) =>
  pgPolicy(`${name}_organization`, {
    for: "all",
    to: appRole,
    using: sql`${column} = ${setting("app.organization_id")}`,
    withCheck: sql`${column} = ${setting("app.organization_id")}`,
  });

/** Row-level security by the user that the transaction was opened for. */
export const userPolicy = (name: string, column: AnyPgColumn) =>
  pgPolicy(`${name}_user`, {
    for: "all",
    to: appRole,
    using: sql`${column} = ${setting("app.user_id")}`,
    withCheck: sql`${column} = ${setting("app.user_id")}`,
  });

/**
 * Row-level security of a history: a scope reads what is its organization's and adds what is its own, which may be an
 * event of no organization. Plain equality for reading, since the planner misjudges `is not distinct from`.
 */
export const historyPolicies = (name: string, column: AnyPgColumn) => [
  pgPolicy(`${name}_organization`, {
    for: "select",
    to: appRole,
    using: sql`${column} = ${setting("app.organization_id")}`,
  }),
  pgPolicy(`${name}_append`, {
    for: "insert",
    to: appRole,
    withCheck: sql`${column} is not distinct from ${setting("app.organization_id")}`,
  }),
];
