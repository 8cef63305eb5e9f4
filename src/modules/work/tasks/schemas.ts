import { z } from "zod";
import { pageQuery } from "../../../core/page.ts";
import { list, text, timestamp } from "../../../http/schemas.ts";
import { taskStatus } from "./table.ts";

export const TaskStatus = z.enum(taskStatus.enumValues).meta({ id: "TaskStatus" });

export const Task = z
  .object({
    id: z.string(),
    projectId: z.string(),
    title: z.string(),
    description: z.string().nullable(),
    status: TaskStatus,
    assigneeId: z.string().nullable().meta({ description: "A member's user id; null when nobody has it" }),
    createdAt: timestamp(),
    updatedAt: timestamp(),
    deletedAt: timestamp().nullable(),
  })
  .meta({ id: "Task" });

const fields = {
  title: text(200),
  description: text(4000, 0).nullish(),
  status: TaskStatus,
  assigneeId: z.string().max(64).nullish(),
};

export const NewTask = z
  .object({ ...fields, status: TaskStatus.default("todo") })
  .meta({ id: "NewTask", example: { title: "Land" } });
export const TaskChanges = z
  .object(fields)
  .partial()
  .meta({ id: "TaskChanges", example: { status: "done" } });

export const TaskList = list(Task, "TaskList");

export const TaskQuery = z.object({
  ...pageQuery,
  status: TaskStatus.optional(),
  assigneeId: z.string().max(64).optional(),
  q: z.string().trim().max(120).optional(),
  sort: z.enum(["-createdAt", "createdAt"]).default("-createdAt"),
  deleted: z.enum(["exclude", "include", "only"]).default("exclude"),
});
