import { z } from "zod";
import { pageQuery } from "../../../core/page.ts";
import { text, timestamp } from "../../../http/schemas.ts";

export const Project = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    ownerId: z.string().nullable(),
    createdAt: timestamp(),
    updatedAt: timestamp(),
    deletedAt: timestamp().nullable(),
  })
  .meta({ id: "Project" });

const fields = { name: text(120), description: text(4000, 0).nullish() };

export const NewProject = z.object(fields).meta({ id: "NewProject", example: { name: "Apollo" } });
export const ProjectChanges = z
  .object(fields)
  .partial()
  .meta({ id: "ProjectChanges", example: { name: "Gemini" } });

export const ProjectQuery = z.object({
  ...pageQuery,
  q: z.string().trim().max(120).optional(),
  sort: z.enum(["-createdAt", "createdAt", "name", "-name"]).default("-createdAt"),
  deleted: z.enum(["exclude", "include", "only"]).default("exclude"),
});
