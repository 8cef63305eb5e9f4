import { jsonb, pgTable } from "drizzle-orm/pg-core";
import { organization } from "../../../auth/tables/organization.ts";
import { bounded } from "../../../db/schema/bounded.ts";
import { instant, organizationId } from "../../../db/schema/columns.ts";

/** An organization's settings: one level of names and values, which the application defines. */
export type OrganizationSettings = Record<string, string | number | boolean | null>;

export const organizationSetting = pgTable(
  "organization_setting",
  {
    organizationId: organizationId(() => organization.id).primaryKey(),
    settings: jsonb("settings").$type<OrganizationSettings>().notNull().default({}),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [...bounded("organization_setting", t, { settings: 131_072 })],
);
