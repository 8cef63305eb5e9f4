import { z } from "zod";
import type { Retention } from "../core/retention.ts";
import { count } from "./kinds.ts";

/** How long things last. */
export const retentionSettings = z.object({
  TRASH_RETENTION_DAYS: count(30).describe("Days that deleted projects and tasks stay restorable"),
  ANONYMOUS_RETENTION_DAYS: count(30).describe(
    "Days after which people without an account are deleted, once their session has ended",
  ),
  SESSION_RETENTION_DAYS: count(0, 0).describe("Days that sessions are kept after they expired"),
  VERIFICATION_RETENTION_DAYS: count(0, 0).describe("Days that mailed links and codes are kept after they expired"),
  INVITATION_RETENTION_DAYS: count(30, 0).describe("Days that invitations are kept after they expired"),
  KEY_RETENTION_DAYS: count(90, 0).describe("Days that API keys are kept after they expired, with their usage"),
  USAGE_RETENTION_DAYS: count(400).describe("Days of which it is kept how often each key was used"),
  VISIT_RETENTION_DAYS: count(30).describe("Days that a member's visits are kept; those of the last 30 are shown"),
  JOB_RETENTION_DAYS: count(7).describe("Days that work which was given up is kept after it was due"),
  TRIAL_DAYS: count(14, 0).describe("Days of trial that a new organization gets"),
});

export const retentionConfig = (env: z.infer<typeof retentionSettings>) => ({
  trashDays: env.TRASH_RETENTION_DAYS,
  trialDays: env.TRIAL_DAYS,
  days: {
    sessions: env.SESSION_RETENTION_DAYS,
    verifications: env.VERIFICATION_RETENTION_DAYS,
    invitations: env.INVITATION_RETENTION_DAYS,
    keys: env.KEY_RETENTION_DAYS,
    usage: env.USAGE_RETENTION_DAYS,
    visits: env.VISIT_RETENTION_DAYS,
    jobs: env.JOB_RETENTION_DAYS,
    people: env.ANONYMOUS_RETENTION_DAYS,
  } satisfies Retention,
});
