/** What may be done, as `resource:action`. */
export type Permission = `${string}:${string}`;

/** The built-in roles of an organization, widest first. */
export const builtInRoles = ["owner", "admin", "member", "viewer"] as const;
export type BuiltInRole = (typeof builtInRoles)[number];

/** A role's name with the permissions it stands for. */
export type RolePermissions = ReadonlyMap<string, ReadonlySet<Permission>>;

type Declaration = {
  name: string;
  permissions?: readonly Permission[];
  grants?: Partial<Record<Exclude<BuiltInRole, "owner">, readonly Permission[]>>;
};

/**
 * Folds the modules' declarations into roles. An owner holds every declared permission.
 *
 * @throws when a grant names a permission that its module doesn't declare, or two modules declare the same one.
 */
export function rolesFrom(modules: readonly Declaration[]): RolePermissions {
  const all = new Set<Permission>();
  const roles = new Map<string, Set<Permission>>(builtInRoles.map((role) => [role, new Set<Permission>()]));
  for (const module of modules) {
    for (const permission of module.permissions ?? []) {
      if (all.has(permission)) throw new Error(`permission ${permission} is declared twice (again in ${module.name})`);
      all.add(permission);
    }
    for (const [role, granted] of Object.entries(module.grants ?? {})) {
      for (const permission of granted) {
        if (!module.permissions?.includes(permission)) {
          throw new Error(`module ${module.name} grants ${permission} to ${role} but doesn't declare it`);
        }
        roles.get(role)?.add(permission);
      }
    }
  }
  roles.set("owner", all);
  return roles;
}

/** A member's role column holds one role or several, separated by commas, as better-auth writes it. */
export const splitRoles = (column: string | null): string[] =>
  (column ?? "")
    .split(",")
    .map((role) => role.trim())
    .filter(Boolean);

/**
 * What someone with these roles may do. An unknown role grants nothing.
 *
 * @param column the member's role column, e.g. `admin,member`.
 */
export function permissionsOf(roles: RolePermissions, column: string): ReadonlySet<Permission> {
  const known = roles.get(column);
  if (known) return known;
  const union = new Set<Permission>();
  for (const role of splitRoles(column)) for (const permission of roles.get(role) ?? []) union.add(permission);
  return union;
}
