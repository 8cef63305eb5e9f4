import { getTableColumns, sql } from "drizzle-orm";
import { foreignKey, index, pgTable, text, unique, uniqueIndex } from "drizzle-orm/pg-core";
import { organization, user } from "../../auth/tables.ts";
import { id, instant, organizationId, organizationPolicy } from "../../db/columns.ts";

export const project = pgTable(
  "project",
  {
    id: id(),
    organizationId: organizationId(() => organization.id),
    name: text("name").notNull(),
    // A column of its own: row-level security keeps lower(), which isn't leakproof, out of index conditions.
    nameKey: text("name_key")
      .notNull()
      .generatedAlwaysAs(sql`lower("name")`),
    description: text("description"),
    ownerId: text("owner_id"),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
    deletedAt: instant("deleted_at"),
    deletedBy: text("deleted_by"),
  },
  (t) => [
    // The target of composite foreign keys: what hangs off a project stays in its organization.
    unique("project_organization_id_unique").on(t.organizationId, t.id),
    uniqueIndex("project_live_name_unique")
      .on(t.organizationId, t.nameKey)
      .where(sql`${t.deletedAt} is null`),
    // Ascending, and read backwards for what is newest first.
    index("project_live_created_idx")
      .on(t.organizationId, t.createdAt, t.id)
      .where(sql`${t.deletedAt} is null`),
    index("project_live_name_idx")
      .on(t.organizationId, t.nameKey, t.id)
      .where(sql`${t.deletedAt} is null`),
    index("project_trash_idx")
      .on(t.organizationId, t.deletedAt, t.id)
      .where(sql`${t.deletedAt} is not null`),
    index("project_owner_id_idx").on(t.ownerId),
    index("project_deleted_by_idx").on(t.deletedBy),
    foreignKey({ columns: [t.ownerId], foreignColumns: [user.id], name: "project_owner_fk" }).onDelete("set null"),
    foreignKey({ columns: [t.deletedBy], foreignColumns: [user.id], name: "project_deleted_by_fk" }).onDelete(
      "set null",
    ),
    organizationPolicy("project", t.organizationId),
  ],
);

const { nameKey: _, ...columns } = getTableColumns(project);

/** What a project is to its readers: the row without what is derived from it. */
export const projectColumns = columns;
