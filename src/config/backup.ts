import { z } from "zod";
import { checked, count, urlFault } from "./kinds.ts";

/** Where backups go, and when. */
export const backupSettings = z.object({
  BACKUP_TO: checked((text) =>
    /^[a-z0-9]+:\/\//i.test(text) && !/^s3:\/\/[^/]+/.test(text)
      ? "must be a directory, or look like s3://bucket/prefix"
      : null,
  )
    .optional()
    .describe(
      "Directory or `s3://bucket/prefix`, the same for every replica; where it is set, backups are made by schedule",
    ),
  BACKUP_EVERY_HOURS: count(24).describe("Hours from one backup to the next"),
  BACKUP_KEEP_DAYS: count(30).describe("Days that backups are kept; the newest always is"),
  S3_ENDPOINT: checked((text) => urlFault(text, ["https", "http"], "https://s3.example.com"))
    .optional()
    .describe("Where `s3://` leads; AWS where it isn't set"),
  S3_REGION: z.string().optional().describe("Region of the bucket"),
  S3_ACCESS_KEY_ID: z.string().optional().describe("Who writes to the bucket, with `S3_SECRET_ACCESS_KEY`"),
  S3_SECRET_ACCESS_KEY: z.string().optional().describe("The secret of that key"),
});

export const backupConfig = (env: z.infer<typeof backupSettings>, stateDirectory: string) => ({
  /** Undefined: nothing is done by schedule. */
  scheduledTo: env.BACKUP_TO,
  to: env.BACKUP_TO ?? `${stateDirectory}/backups`,
  everyHours: env.BACKUP_EVERY_HOURS,
  keepDays: env.BACKUP_KEEP_DAYS,
  s3: {
    endpoint: env.S3_ENDPOINT,
    region: env.S3_REGION,
    accessKeyId: env.S3_ACCESS_KEY_ID,
    secretAccessKey: env.S3_SECRET_ACCESS_KEY,
  },
});

/** What is wrong with the settings together, by the setting to change. */
export const backupFaults = (given: Readonly<Record<string, string | undefined>>): [string, string][] =>
  given["BACKUP_TO"]?.startsWith("s3://") && !(given["S3_ACCESS_KEY_ID"] && given["S3_SECRET_ACCESS_KEY"])
    ? [["BACKUP_TO", "needs S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY"]]
    : [];
