import { z } from "zod";
import { pageQuery } from "../../../core/page.ts";
import { list, text, timestamp } from "../../../http/schemas.ts";
import { visibility as visibilities } from "./table.ts";

const value = z.union([z.string().max(255), z.int(), z.boolean()]);
const filters = z
  .record(z.string().min(1).max(64), z.union([value, z.array(z.union([z.string().max(255), z.int()])).max(50)]))
  .refine((given) => Object.keys(given).length <= 20, { error: "has more than 20 keys" })
  .refine((given) => JSON.stringify(given).length <= 3000, { error: "is longer than 3000 characters" })
  .meta({ description: "What it looks for, by field: the application that runs it reads them" });

const visibility = z
  .enum(visibilities.enumValues)
  .meta({ description: "Who sees it: its owner alone, or everybody in the organization who may read saved searches" });

/** What its version stands for: being used doesn't change it. */
export const SavedSearchVersion = z.object({
  id: z.string(),
  name: z.string(),
  visibility,
  filters: z.record(z.string(), z.any()).meta({ description: "What it looks for, by field" }),
  ownerId: z
    .string()
    .nullable()
    .meta({ description: "A user's id; null where an API key made it or the owner is gone" }),
  createdAt: timestamp(),
  updatedAt: timestamp(),
});

export const SavedSearch = SavedSearchVersion.extend({
  uses: z.int().meta({ description: "How often it was run" }),
}).meta({ id: "SavedSearch" });

export const SavedSearchList = list(SavedSearch, "SavedSearchList");

const fields = { name: text(120), visibility, filters };

export const NewSavedSearch = z
  .object({ ...fields, visibility: visibility.default("private") })
  .meta({ id: "NewSavedSearch", example: { name: "Mine", filters: { status: "open" } } });

export const SavedSearchChanges = z
  .object(fields)
  .partial()
  .meta({ id: "SavedSearchChanges", example: { name: "Ours", visibility: "organization" } });

export const SavedSearchQuery = z.object({
  ...pageQuery,
  sort: z
    .enum(["-createdAt", "name", "popular"])
    .default("-createdAt")
    .meta({ description: "`popular`: the most used first" }),
  filters: z
    .string()
    .max(1024)
    .transform((text, context) => {
      try {
        return filters.parse(JSON.parse(text));
      } catch {
        context.addIssue({ code: "custom", message: "must be filters, as JSON" });
        return z.NEVER;
      }
    })
    .optional()
    .meta({
      type: "string",
      maxLength: 1024,
      description: "Only those whose filters contain these, as JSON",
      example: '{"status":"open"}',
    }),
});
