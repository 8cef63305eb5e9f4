import { z } from "zod";

/** Characters that the token has at least. */
const tokenLength = 16;

/** Where Prometheus finds the service's figures. Nowhere by default. */
export const metricsSettings = z.object({
  METRICS_TOKEN: z
    .string()
    .min(tokenLength, `must have at least ${tokenLength} characters (openssl rand -base64 24)`)
    .optional()
    .describe("Opens `/metrics` to who sends it as a Bearer token"),
  METRICS_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .optional()
    .describe("Opens `/metrics` on a port of its own, which asks for no token: let nobody else reach it"),
});

export const metricsConfig = (env: z.infer<typeof metricsSettings>) => ({
  enabled: env.METRICS_TOKEN !== undefined || env.METRICS_PORT !== undefined,
  token: env.METRICS_TOKEN,
  port: env.METRICS_PORT,
});
