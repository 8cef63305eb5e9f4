import { z } from "zod";
import { count } from "./kinds.ts";

/** How credentials are verified. */
export const verificationSettings = z.object({
  VERIFY_CACHE_SIZE: count(20_000, 0).describe(
    "Verified credentials kept in memory, 10 KB each on average at most; 0 reads the database each time",
  ),
  VERIFY_TIMEOUT_MS: count(2_000).describe("Milliseconds that verifying a credential may wait for the database"),
});

export const verificationConfig = (env: z.infer<typeof verificationSettings>) => ({
  cacheSize: env.VERIFY_CACHE_SIZE,
  timeoutMs: env.VERIFY_TIMEOUT_MS,
});
