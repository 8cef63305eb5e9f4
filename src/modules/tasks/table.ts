import { sql } from "drizzle-orm";
import { foreignKey, index, pgEnum, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import { organization, user } from "../../auth/tables.ts";
import { id, instant, organizationId, organizationPolicy } from "../../db/columns.ts";
import { project } from "../projects/table.ts";

export const taskStatus = pgEnum("task_status", ["todo", "in_progress", "done"]);

// The assignee's composite foreign key to member, which clears only assignee_id when the member
// leaves, is in the migration by hand: drizzle can't say `on delete set null (column)`.
export const task = pgTable(
  "task",
  {
    id: id(),
    organizationId: organizationId(() => organization.id),
    projectId: uuid("project_id").notNull(),
    title: text("title").notNull(),
    description: text("description"),
    status: taskStatus("status").notNull().default("todo"),
    assigneeId: text("assignee_id"),
    createdBy: text("created_by"),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
    deletedAt: instant("deleted_at"),
    deletedBy: text("deleted_by"),
  },
  (t) => [
    unique("task_organization_id_unique").on(t.organizationId, t.id),
    index("task_live_created_idx")
      .on(t.organizationId, t.projectId, t.createdAt, t.id)
      .where(sql`${t.deletedAt} is null`),
    index("task_project_idx").on(t.organizationId, t.projectId),
    index("task_assignee_idx").on(t.organizationId, t.assigneeId),
    index("task_trash_idx")
      .on(t.organizationId, t.deletedAt, t.id)
      .where(sql`${t.deletedAt} is not null`),
    index("task_deleted_by_idx").on(t.deletedBy),
    foreignKey({
      columns: [t.organizationId, t.projectId],
      foreignColumns: [project.organizationId, project.id],
      name: "task_project_fk",
    }).onDelete("cascade"),
    index("task_created_by_idx").on(t.createdBy),
    foreignKey({ columns: [t.createdBy], foreignColumns: [user.id], name: "task_created_by_fk" }).onDelete("set null"),
    foreignKey({ columns: [t.deletedBy], foreignColumns: [user.id], name: "task_deleted_by_fk" }).onDelete("set null"),
    organizationPolicy("task", t.organizationId),
  ],
);
