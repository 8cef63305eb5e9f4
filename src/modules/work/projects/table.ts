import { sql } from "drizzle-orm";
import { type ExtraConfigColumn, index, text, uniqueIndex } from "drizzle-orm/pg-core";
import { isLive, orgTable } from "../../../db/schema/org-table.ts";

export const project = orgTable(
  "project",
  {
    name: text("name").notNull(),
    // A column of its own: row-level security keeps lower(), which isn't leakproof, out of index conditions.
    nameKey: text("name_key")
      .notNull()
      .generatedAlwaysAs(sql`lower("name")`),
    description: text("description"),
    ownerId: text("owner_id"),
  },
  { trash: true, people: ["ownerId"], longer: { description: 4000 } },
  (t) => [
    uniqueIndex("project_live_name_unique").on(t.organizationId, t.nameKey).where(isLive(t)),
    // What guard.projects_like finds names by, with the trash.
    index("project_name_trigram_idx").using("gin", t.organizationId, (t.name as ExtraConfigColumn).op("gin_trgm_ops")),
    index("project_live_name_idx").on(t.organizationId, t.nameKey, t.id).where(isLive(t)),
  ],
);
