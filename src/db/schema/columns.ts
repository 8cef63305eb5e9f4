import { sql } from "drizzle-orm";
import { type AnyPgColumn, text, timestamp, uuid } from "drizzle-orm/pg-core";

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

/** Who sees the row, as a value that keys can hold: the organization's id, or '' where all organizations share it. */
export const audience = () =>
  text("space")
    .notNull()
    .generatedAlwaysAs(sql`coalesce("organization_id", '')`);
