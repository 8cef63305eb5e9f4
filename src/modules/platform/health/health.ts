import { z } from "zod";
import type { DatabaseHealth } from "../../../ops/health.ts";
import type { Verifier } from "../../../verify/verifier.ts";

export const Health = z
  .object({
    status: z.literal("ok"),
    uptimeSeconds: z.number(),
    database: z.object({ kind: z.enum(["postgres", "pglite"]) }),
    pool: z
      .object({ max: z.int(), total: z.int(), idle: z.int(), waiting: z.int() })
      .meta({ description: "Connections to the database: allowed, open, unused; and who waits for one" }),
    migrations: z
      .object({ applied: z.int(), pending: z.array(z.string()) })
      .meta({ description: "How many are applied, and which are not" }),
    verification: z.object({
      trusted: z.boolean().meta({ description: "Whether changes are heard of, so that memory answers" }),
      kept: z.int().meta({ description: "Verified credentials in memory" }),
    }),
  })
  .meta({ id: "Health" });
export type Health = z.infer<typeof Health>;

export type Ports = { databaseHealth: () => Promise<DatabaseHealth>; verifier: Pick<Verifier, "trusted" | "size"> };

/** The state of this process and its database. @throws the driver's error when the database doesn't answer: 503. */
export async function health({ databaseHealth, verifier }: Ports): Promise<z.infer<typeof Health>> {
  const { kind, pool, migrations } = await databaseHealth();
  return {
    status: "ok",
    uptimeSeconds: Math.round(process.uptime()),
    database: { kind },
    pool,
    migrations,
    verification: { trusted: verifier.trusted(), kept: verifier.size() },
  };
}
