import { type ExtraConfigColumn, index, pgEnum, text, uuid } from "drizzle-orm/pg-core";
import { orgTable } from "../../../db/schema/org-table.ts";
import { project } from "../projects/table.ts";

export const taskStatus = pgEnum("task_status", ["todo", "in_progress", "done"]);

// The assignee's composite foreign key to member, which clears only assignee_id when the member leaves, is in the
// migration by hand: drizzle can't say `on delete set null (column)`.
export const task = orgTable(
  "task",
  {
    projectId: uuid("project_id").notNull(),
    title: text("title").notNull(),
    description: text("description"),
    status: taskStatus("status").notNull().default("todo"),
    assigneeId: text("assignee_id"),
    createdBy: text("created_by"),
  },
  {
    trash: true,
    within: { column: "projectId", table: project },
    people: ["createdBy"],
    longer: { description: 4000 },
  },
  (t) => [
    index("task_assignee_idx").on(t.organizationId, t.assigneeId),
    // What guard.tasks_like finds titles by, with the trash.
    index("task_title_trigram_idx").using("gin", t.organizationId, (t.title as ExtraConfigColumn).op("gin_trgm_ops")),
  ],
);
