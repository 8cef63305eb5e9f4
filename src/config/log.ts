import { z } from "zod";
import { flag } from "./kinds.ts";

/** What is logged. */
export const logSettings = z.object({
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("info")
    .describe("Least severe level that is logged"),
  LOG_QUERIES: flag("off").describe("`on` logs each statement's text and time, never its parameters"),
});

export const logConfig = (env: z.infer<typeof logSettings>) => ({ level: env.LOG_LEVEL, queries: env.LOG_QUERIES });
