import { z } from "zod";
import type { DatabaseHealth } from "../../../ops/health.ts";
import type { MailServer } from "../../../mail/mailer.ts";
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
    mail: z.object({
      by: z.enum(["smtp", "files"]),
      fault: z.string().nullable().meta({ description: "Why the mail server can't be used, so that mail waits" }),
    }),
  })
  .meta({ id: "Health" });
export type Health = z.infer<typeof Health>;

export type Ports = {
  databaseHealth: () => Promise<DatabaseHealth>;
  verifier: Pick<Verifier, "trusted" | "size">;
  mailer: { server?: Pick<MailServer, "fault"> };
};

/** The state of this process and its database. @throws the driver's error when the database doesn't answer: 503. */
export async function health({ databaseHealth, verifier, mailer: { server } }: Ports): Promise<z.infer<typeof Health>> {
  const { kind, pool, migrations } = await databaseHealth();
  return {
    status: "ok",
    uptimeSeconds: Math.round(process.uptime()),
    database: { kind },
    pool,
    migrations,
    verification: { trusted: verifier.trusted(), kept: verifier.size() },
    mail: { by: server ? "smtp" : "files", fault: server?.fault() ?? null },
  };
}
