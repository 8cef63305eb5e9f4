import type { Permission } from "./permission.ts";

// A role's set is one object for as long as the service runs, so it is sorted once.
const known = new WeakMap<ReadonlySet<Permission>, Permission[]>();

/** Permissions in alphabetical order. */
export function sortedPermissions(permissions: ReadonlySet<Permission>): Permission[] {
  let list = known.get(permissions);
  if (!list) known.set(permissions, (list = [...permissions].toSorted()));
  return list;
}
