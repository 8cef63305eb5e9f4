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

/** How far a permission reaches: what somebody made or is assigned, or all of the organization. */
export type Reach = "own" | "organization";

/** One entry of a role. A locked one is the platform's: the organization can't change it. */
export type Rule = { effect: "allow" | "deny"; scope: Reach; locked: boolean };

/** Entries as they are stored beside better-auth's own column; what isn't said is `allow`, `organization`, not locked. */
export type StoredRules = Record<string, Partial<Rule>>;

/** The tier of a module: everybody has the standard ones, the others are granted to an organization. */
export type Tier = "standard" | "optional" | "premium";

/** Every permission with the module that owns it, every module with its tier, and the built-in roles. */
export type Catalogue = {
  permissions: ReadonlyMap<Permission, string>;
  modules: ReadonlyMap<string, Tier>;
  roles: RolePermissions;
};

/** @throws as `rolesFrom`. */
export function catalogueFrom(modules: readonly (Declaration & { tier?: Tier })[]): Catalogue {
  const owned = modules.flatMap(({ name, permissions = [] }) =>
    permissions.map((permission) => [permission, name] as const),
  );
  return {
    permissions: new Map(owned),
    modules: new Map(modules.map(({ name, tier = "standard" }) => [name, tier])),
    roles: rolesFrom(modules),
  };
}

/** What somebody may do in an organization, everything considered. */
export type Effective = {
  /** Held for all of the organization. */
  permissions: ReadonlySet<Permission>;
  /** Held for what is one's own only. */
  own: ReadonlySet<Permission>;
  /** What the roles grant, and how far, but the organization isn't entitled to. */
  unentitled: ReadonlyMap<Permission, Reach>;
};

/** A role as somebody holds it: built-in ones by name, an organization's own with its entries. */
export type HeldRole = { name: string; rules: ReadonlyMap<Permission, Rule> };

/** Whether a role column, such as `admin,member`, holds the owner's role. */
export const isOwner = (column: string | null): boolean => splitRoles(column).includes("owner");

/**
 * Resolves roles: a denial outweighs any allowance, the widest scope counts, what nobody allows is denied, and what
 * belongs to a module that the organization hasn't been granted is withheld. An owner can't be denied: no other role
 * that they hold locks them out.
 *
 * @param granted modules beyond the standard ones.
 */
export function resolve(catalogue: Catalogue, held: readonly HeldRole[], granted: ReadonlySet<string>): Effective {
  const reach = new Map<Permission, Reach>();
  const denied = new Set<Permission>();
  const owner = held.some(({ name }) => name === "owner");
  for (const { rules } of held) {
    for (const [permission, { effect, scope }] of rules) {
      if (effect === "deny") {
        if (!owner) denied.add(permission);
      } else if (scope === "organization" || !reach.has(permission)) reach.set(permission, scope);
    }
  }
  const [permissions, own, unentitled] = [new Set<Permission>(), new Set<Permission>(), new Map<Permission, Reach>()];
  for (const [permission, scope] of reach) {
    const module = catalogue.permissions.get(permission);
    if (module === undefined || denied.has(permission)) continue;
    const entitled = catalogue.modules.get(module) === "standard" || granted.has(module);
    if (!entitled) unentitled.set(permission, scope);
    else if (scope === "organization") permissions.add(permission);
    else own.add(permission);
  }
  return { permissions, own, unentitled };
}

const builtInRules = new WeakMap<ReadonlySet<Permission>, ReadonlyMap<Permission, Rule>>();

/** A built-in role in the form of any other; undefined for a name that is none. */
export function builtInRole(catalogue: Catalogue, name: string): HeldRole | undefined {
  const permissions = catalogue.roles.get(name);
  if (permissions === undefined) return undefined;
  let rules = builtInRules.get(permissions);
  if (rules === undefined) {
    ({ rules } = heldWhole(name, permissions));
    builtInRules.set(permissions, rules);
  }
  return { name, rules };
}

/** A role that allows each of these on the whole organization. */
export function heldWhole(name: string, permissions: Iterable<Permission>): HeldRole {
  const rule: Rule = { effect: "allow", scope: "organization", locked: false };
  return { name, rules: new Map([...permissions].map((permission) => [permission, rule])) };
}

/**
 * An organization's role out of its two columns; where both name a permission, the rules decide.
 *
 * @param permission better-auth's: `{"project":["read"]}`, each an allowance on the whole organization. What we call
 * `role` is called `ac` there.
 */
export function storedRole(name: string, permission: string, stored: StoredRules): HeldRole {
  const rules = new Map<Permission, Rule>();
  for (const [resource, actions] of Object.entries(JSON.parse(permission) as Record<string, string[]>)) {
    for (const action of actions)
      rules.set(`${resource === "ac" ? "role" : resource}:${action}`, {
        effect: "allow",
        scope: "organization",
        locked: false,
      });
  }
  for (const [key, { effect = "allow", scope = "organization", locked = false }] of Object.entries(stored)) {
    rules.set(key as Permission, { effect, scope, locked });
  }
  return { name, rules };
}
