import { z } from "zod";

/** The history outside of the database. */
export const historySettings = z.object({
  AUDIT_TO: z
    .string()
    .min(1)
    .optional()
    .describe("Directory, or `s3://bucket/prefix`, where the history's signed heads are published every hour"),
});

export const historyConfig = (env: z.infer<typeof historySettings>) => ({ to: env.AUDIT_TO });
