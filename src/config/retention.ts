import { z } from "zod";
import { count } from "./kinds.ts";

/** How long things last. */
export const retentionSettings = z.object({
  TRASH_RETENTION_DAYS: count(30).describe("Days that deleted projects and tasks stay restorable"),
  ANONYMOUS_RETENTION_DAYS: count(30).describe(
    "Days after which people without an account are deleted, once their session has ended",
  ),
  TRIAL_DAYS: count(14, 0).describe("Days of trial that a new organization gets"),
});

export const retentionConfig = (env: z.infer<typeof retentionSettings>) => ({
  trashDays: env.TRASH_RETENTION_DAYS,
  anonymousDays: env.ANONYMOUS_RETENTION_DAYS,
  trialDays: env.TRIAL_DAYS,
});
