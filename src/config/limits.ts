import { z } from "zod";
import { count, flag } from "./kinds.ts";

/** How often, and where that is counted. */
export const limitSettings = z.object({
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, "must start with redis:// or rediss://")
    .optional()
    .describe("Redis to count rate limits in, over all replicas; PostgreSQL where it isn't set"),
  RATE_LIMIT: flag("on").describe("`off` lifts all limits but those of API keys, for load tests"),
  RATE_LIMIT_PER_MINUTE: count(1_000).describe("Requests under /v1 that one session or API key may make in a minute"),
});

export const limitConfig = (env: z.infer<typeof limitSettings>) => ({
  redisUrl: env.REDIS_URL,
  enabled: env.RATE_LIMIT,
  perMinute: env.RATE_LIMIT_PER_MINUTE,
});
