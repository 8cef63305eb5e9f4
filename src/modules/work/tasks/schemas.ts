import { z } from "zod";
import { deletedQuery, pageQuery, sortQuery } from "../../../core/page.ts";
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
    deletedAt: timestamp().nullable().meta({ description: "Null while it is live" }),
  })
  .meta({ id: "Task" });

const fields = {
  title: text(200),
  description: text(4000, 0).nullish(),
  status: TaskStatus,
  assigneeId: z.string().max(64).nullish().meta({ description: "A member's user id; null for nobody" }),
};

export const NewTask = z
  .object({ ...fields, status: TaskStatus.default("todo").meta({ description: "`todo` where it isn't given" }) })
  .meta({ id: "NewTask", example: { title: "Land" } });
export const TaskChanges = z
  .object(fields)
  .partial()
  .meta({ id: "TaskChanges", example: { status: "done" } });

export const TaskList = list(Task, "TaskList");

export const TaskQuery = z.object({
  ...pageQuery,
  ...sortQuery(["createdAt"], "-createdAt"),
  ...deletedQuery,
  status: TaskStatus.optional().meta({ description: "Only those of this status" }),
  assigneeId: z.string().max(64).optional().meta({ description: "Only those of this user" }),
  q: z
    .string()
    .trim()
    .max(120)
    .optional()
    .meta({ description: "A part of the title, or words like it: a typo is forgiven" }),
});
