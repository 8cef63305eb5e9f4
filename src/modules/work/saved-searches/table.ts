import { sql } from "drizzle-orm";
import { bigint, check, type ExtraConfigColumn, index, jsonb, pgEnum, text } from "drizzle-orm/pg-core";
import { orgTable } from "../../../db/schema/org-table.ts";

export const visibility = pgEnum("saved_search_visibility", ["private", "organization"]);

/** What a search looks for, as the application that runs it reads it. */
export type Filters = Record<string, string | number | boolean | (string | number)[]>;

export const savedSearch = orgTable(
  "saved_search",
  {
    name: text("name").notNull(),
    // A column of its own: row-level security keeps lower(), which isn't leakproof, out of index conditions.
    nameKey: text("name_key")
      .notNull()
      .generatedAlwaysAs(sql`lower("name")`),
    visibility: visibility("visibility").notNull().default("private"),
    filters: jsonb("filters").$type<Filters>().notNull().default({}),
    uses: bigint("uses", { mode: "number" }).notNull().default(0),
    ownerId: text("owner_id"),
  },
  { people: ["ownerId"] },
  (t) => [
    check("saved_search_filters_object", sql`jsonb_typeof(${t.filters}) = 'object'`),
    index("saved_search_name_idx").on(t.organizationId, t.nameKey, t.id),
    index("saved_search_uses_idx").on(t.organizationId, t.uses, t.id),
    index("saved_search_filters_idx").using("gin", (t.filters as ExtraConfigColumn).op("jsonb_path_ops")),
  ],
);
