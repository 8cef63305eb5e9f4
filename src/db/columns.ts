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
 * event of no organization; those are read by platform administrators. Plain equality for reading, since the planner
 * misjudges `is not distinct from`.
 */
export const historyPolicies = (name: string, column: AnyPgColumn) => [
  pgPolicy(`${name}_organization`, {
    for: "select",
    to: appRole,
    using: sql`${column} = ${setting("app.organization_id")}`,
  }),
  pgPolicy(`${name}_platform`, {
    for: "select",
    to: appRole,
    using: sql`${column} is null and ${setting("app.platform_role")} = 'admin'`,
  }),
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
  const everybodys = sql`${column} is null and ${setting("app.platform_role")} = 'admin'`;
  return [
    organizationPolicy(name, column),
    pgPolicy(`${name}_shared`, {
      for: "select",
      to: appRole,
      using: sql`${column} is null and ${setting("app.organization_id")} is not null`,
    }),
    pgPolicy(`${name}_platform`, { for: "all", to: appRole, using: everybodys, withCheck: everybodys }),
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
