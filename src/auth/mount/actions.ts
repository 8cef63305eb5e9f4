const most = 500;

/** Whether permissions in better-auth's form name more than 500 actions in all, or one twice. */
function excessive(permissions: unknown): boolean {
  if (typeof permissions !== "object" || permissions === null) return false;
  let count = 0;
  for (const actions of Object.values(permissions) as unknown[]) {
    if (!Array.isArray(actions)) continue;
    count += actions.length;
    if (count > most || new Set(actions).size < actions.length) return true;
  }
  return false;
}

/**
 * Whether a body asks for more actions than any role has, wherever a route takes them. better-auth looks each of them up
 * in lists: a megabyte of them would keep everybody waiting for a second.
 */
export const hasExcessiveActions = ({ permission, permissions, data }: Readonly<Record<string, unknown>>): boolean =>
  excessive(permission) || excessive(permissions) || excessive((data as { permission?: unknown } | null)?.permission);
