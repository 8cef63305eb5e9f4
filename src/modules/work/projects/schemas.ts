import { z } from "zod";
import { deletedQuery, pageQuery, sortQuery } from "../../../core/page.ts";
import { text, timestamp } from "../../../http/schemas.ts";

export const Project = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    ownerId: z
      .string()
      .nullable()
      .meta({ description: "A user's id; null where an API key made it or the owner has left" }),
    createdAt: timestamp(),
    updatedAt: timestamp(),
    deletedAt: timestamp().nullable().meta({ description: "Null while it is live" }),
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
  ...sortQuery(["createdAt", "name"], "-createdAt"),
  ...deletedQuery,
  q: z
    .string()
    .trim()
    .max(120)
    .optional()
    .meta({ description: "A part of the name, or words like it: a typo is forgiven" }),
});
