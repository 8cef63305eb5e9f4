import { z } from "zod";
import { checked, count, flag, urlFault } from "./kinds.ts";

function redisFault(text: string): string | null {
  const fault = urlFault(text, ["redis", "rediss"], "redis://user:password@host:6379/0");
  if (fault !== null) return fault;
  const { hostname, pathname } = new URL(text);
  return hostname !== "" && /^(\/\d*)?$/.test(pathname) ? null : "must name a host, and a database by its number";
}

/** How often, and where that is counted. */
export const limitSettings = z.object({
  REDIS_URL: checked(redisFault)
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
