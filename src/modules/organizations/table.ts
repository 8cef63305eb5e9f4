import { jsonb, pgTable } from "drizzle-orm/pg-core";
import { organization } from "../../auth/tables.ts";
import { instant, organizationId, organizationPolicy } from "../../db/columns.ts";

/** An organization's own settings: small, flat, and the application's to define. */
export type OrganizationSettings = Record<string, string | number | boolean | null>;

export const organizationSetting = pgTable(
  "organization_setting",
  {
    organizationId: organizationId(() => organization.id).primaryKey(),
    settings: jsonb("settings").$type<OrganizationSettings>().notNull().default({}),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [organizationPolicy("organization_setting", t.organizationId)],
);
