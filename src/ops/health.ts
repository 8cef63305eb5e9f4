import { migrationStatus } from "../db/migrate.ts";
import type { Database, PoolStats } from "../db/types.ts";

/** The state of the database as this process sees it. */
export type DatabaseHealth = {
  kind: "postgres" | "pglite";
  pool: PoolStats;
  migrations: { applied: number; pending: string[] };
};

/** Asks the database for its state. @throws the driver's error when it doesn't answer. */
export async function databaseHealth(database: Database): Promise<DatabaseHealth> {
  const pool = database.stats();
  const status = await migrationStatus(database);
  const pending = status.filter(({ appliedAt }) => appliedAt === null).map(({ tag }) => tag);
  return { kind: database.kind, pool, migrations: { applied: status.length - pending.length, pending } };
}
