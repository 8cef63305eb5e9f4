import type { Statement } from "./runner.ts";

/** Values that row-level security policies read through `current_setting`, such as `app.organization_id`. */
export type Settings = Readonly<Record<`app.${string}`, string>>;

/** The role that owns no table, so that row-level security binds it. The first migration makes it. */
export const APP_ROLE = "gatehouse_app";

const texts = new Map<string, string>();

/**
 * The statement that switches to the application's role and applies `settings` until the transaction ends.
 * A `readOnly` one also makes the transaction refuse writes.
 */
export function settingsStatement(settings: Settings, readOnly = false): Statement {
  const values = Object.entries(settings).flat();
  const name = `gatehouse_${readOnly ? "read" : "write"}_${values.length / 2}`;
  let text = texts.get(name);
  if (!text) texts.set(name, (text = settingsText(values.length / 2, readOnly)));
  return { name, text, values, shape: "object" };
}

function settingsText(count: number, readOnly: boolean): string {
  const calls = readOnly ? ["set_config('transaction_read_only', 'on', true)"] : [];
  for (let i = 0; i < count; i++) calls.push(`set_config($${2 * i + 1}, $${2 * i + 2}, true)`);
  // The role comes last: a role may be denied what its owner may still set.
  calls.push(`set_config('role', '${APP_ROLE}', true)`);
  return `select ${calls.join(", ")}`;
}
