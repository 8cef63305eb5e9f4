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

/**
 * Who may have a row of an organization, and who one of none. A CASE, which the planner doesn't look into: of policies
 * apart it would enter an index each and sort, and misjudge how many rows they leave.
 */
const either = (column: AnyPgColumn, none: SQL): SQL =>
  sql`case when ${column} is null then ${none} else ${column} = ${setting("app.organization_id")} end`;

const byAdministrators = sql`${setting("app.platform_role")} = 'admin'`;

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
 * event of no organization; those are read by platform administrators.
 */
export const historyPolicies = (name: string, column: AnyPgColumn) => [
  pgPolicy(`${name}_read`, { for: "select", to: appRole, using: either(column, byAdministrators) }),
  pgPolicy(`${name}_append`, {
    for: "insert",
    to: appRole,
    withCheck: sql`${column} is not distinct from ${setting("app.organization_id")}`,
  }),
];

/**
 * Row-level security of what is either an organization's or, without one, everybody's: an organization sees its own and
 * what is everybody's, and writes its own; platform administrators see and write what is everybody's.
 */
export const sharedPolicies = (name: string, column: AnyPgColumn) => {
  const writer = either(column, byAdministrators);
  const seen = sql`coalesce(${setting("app.organization_id")}, ${setting("app.platform_role")}) is not null`;
  return [
    pgPolicy(`${name}_read`, { for: "select", to: appRole, using: either(column, seen) }),
    pgPolicy(`${name}_insert`, { for: "insert", to: appRole, withCheck: writer }),
    pgPolicy(`${name}_update`, { for: "update", to: appRole, using: writer, withCheck: writer }),
    pgPolicy(`${name}_delete`, { for: "delete", to: appRole, using: writer }),
  ];
};

/** Row-level security by organization and user at once, but for the service's own jobs, which only read and remove. */
export const memberPolicies = (name: string, organizationId: AnyPgColumn, userId: AnyPgColumn) => {
  const own = sql`${organizationId} = ${setting("app.organization_id")} and ${userId} = ${setting("app.user_id")}`;
  const system = sql`${setting("app.platform_role")} = 'system'`;
  return [
    pgPolicy(`${name}_member`, { for: "all", to: appRole, using: own, withCheck: own }),
    pgPolicy(`${name}_system`, { for: "all", to: appRole, using: system, withCheck: sql`false` }),
  ];
};

/** Which tenant a row belongs to, as a value that keys can hold: the organization's id, or '' for everybody's. */
export const space = () =>
  text("space")
    .notNull()
    .generatedAlwaysAs(sql`coalesce("organization_id", '')`);
