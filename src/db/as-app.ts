import { sql } from "drizzle-orm";
import type { Settings, Tx } from "./client.ts";

/**
 * Runs a part of an owner's transaction as the application's role, under row-level security.
 *
 * @param settings what the policies compare with, for this part only.
 * @throws whatever `run` throws; the transaction is then to be rolled back.
 */
export async function asApp<T>(tx: Tx, settings: Settings, run: () => Promise<T>): Promise<T> {
  const names = Object.keys(settings) as (keyof Settings)[];
  const set = names.map((name) => sql`set_config(${name}, ${settings[name]}, true)`);
  await tx.execute(sql`select set_config('role', 'gatehouse_app', true), ${sql.join(set, sql`, `)}`);
  const result = await run();
  const unset = names.map((name) => sql`set_config(${name}, '', true)`);
  await tx.execute(sql`select set_config('role', 'none', true), ${sql.join(unset, sql`, `)}`);
  return result;
}
