import { Redis } from "ioredis";

export type { Redis };

const patienceMs = 500;

/**
 * Connects to Redis, and goes on trying for as long as it is away: a command fails at once meanwhile. Resolves when it
 * is there, or doesn't seem to be.
 */
export async function openRedis(url: string): Promise<Redis> {
  const redis = new Redis(url, {
    connectionName: "gatehouse",
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: 2_000,
    commandTimeout: patienceMs,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  });
  const settled = Promise.withResolvers<void>();
  // Each attempt that fails says so; who asks for a command learns of it, and tells it once.
  redis.on("error", () => settled.resolve());
  redis.once("ready", () => settled.resolve());
  const timer = setTimeout(settled.resolve, patienceMs);
  await settled.promise;
  clearTimeout(timer);
  return redis;
}
