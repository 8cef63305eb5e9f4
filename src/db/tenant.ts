import { sql } from "drizzle-orm";
import type { Statement, TenantSettings } from "./driver/connection.ts";
import type { Tx } from "./types.ts";

/** The role that requests run as. It owns nothing, so row-level security binds it. */
export const appRole = "gatehouse_app";

const texts = new Map<string, string>();

/**
 * The statement that switches to the application's role and applies `settings` until the transaction ends.
 *
 * @param options.readOnly makes the transaction refuse writes.
 * @param options.limit sets the time limit of statements, which is then part of this one.
 */
export function settingsStatement(
  settings: TenantSettings,
  { readOnly = false, limit = null }: { readOnly?: boolean; limit?: Statement | null } = {},
): Statement {
  const values = Object.entries(settings).flat();
  const name = `gatehouse_${readOnly ? "read" : "write"}_${values.length / 2}`;
  const key = `${name} ${limit?.text}`;
  let text = texts.get(key);
  if (!text) texts.set(key, (text = settingsText(values.length / 2, readOnly, limit)));
  return { name, text, values, shape: "object" };
}

function settingsText(count: number, readOnly: boolean, limit: Statement | null): string {
  const calls = readOnly ? ["set_config('transaction_read_only', 'on', true)"] : [];
  for (let i = 0; i < count; i++) calls.push(`set_config($${2 * i + 1}, $${2 * i + 2}, true)`);
  if (limit) calls.push(`(${limit.text})`);
  // The role comes last: a role may be denied what its owner may still set.
  calls.push(`set_config('role', '${appRole}', true)`);
  return `select ${calls.join(", ")}`;
}

/**
 * Runs a part of an owner's transaction as the application's role, under row-level security.
 *
 * @param settings what the policies compare with, for this part only.
 * @throws whatever `run` throws; the transaction is then to be rolled back.
 */
export async function asTenant<T>(tx: Tx, settings: TenantSettings, run: () => Promise<T>): Promise<T> {
  const names = Object.keys(settings) as (keyof TenantSettings)[];
  const set = names.map((name) => sql`set_config(${name}, ${settings[name]}, true)`);
  await tx.execute(sql`select set_config('role', ${appRole}, true), ${sql.join(set, sql`, `)}`);
  const result = await run();
  const unset = names.map((name) => sql`set_config(${name}, '', true)`);
  await tx.execute(sql`select set_config('role', 'none', true), ${sql.join(unset, sql`, `)}`);
  return result;
}
