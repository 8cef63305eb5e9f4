import {
  builtInRole,
  type Catalogue,
  type Effective,
  type HeldRole,
  resolve,
  splitRoles,
  type StoredRules,
  storedRole,
} from "../core/permission.ts";

/**
 * The part of a principal's statement that says what its roles and its organization's entitlements are, as one text;
 * null without a membership.
 *
 * @param organization the alias of the organization's row; `member` that of the membership whose roles count.
 */
export const standingColumn = (
  organization: string,
  member: string,
): string => `case when ${member}.id is null then null
  else json_build_array(
    (select json_agg(json_build_array(r.role, r.permission, r.rules) order by r.role) from "organization_role" r
      where r.organization_id = ${organization}.id and r.role = any(string_to_array(${member}.role, ','))),
    ${modulesColumn(organization)}
  )::text end`;

/** The modules that an organization was granted, as a JSON array; null without any. */
export function modulesColumn(organization: string): string {
  return `(select json_agg(e.module order by e.module) from "entitlement" e where e.organization_id = ${organization}.id)`;
}

type Stored = [roles: [name: string, permission: string, rules: StoredRules][] | null, modules: string[] | null];

const most = 2_000;

/** Resolves what the statement says. Equal standings are resolved once: most members of most organizations share one. */
export function standingResolver(catalogue: Catalogue): (roleColumn: string, standing: string) => Effective {
  const known = new Map<string, Effective>();
  return (roleColumn, standing) => {
    const key = `${roleColumn}\n${standing}`;
    let effective = known.get(key);
    if (effective === undefined) {
      effective = resolve(catalogue, ...heldIn(catalogue, roleColumn, JSON.parse(standing) as Stored));
      if (known.size >= most) known.clear();
      known.set(key, effective);
    }
    return effective;
  };
}

function heldIn(catalogue: Catalogue, roleColumn: string, [roles, modules]: Stored): [HeldRole[], Set<string>] {
  const own = new Map((roles ?? []).map(([name, permission, rules]) => [name, storedRole(name, permission, rules)]));
  const held = splitRoles(roleColumn).flatMap((name) => builtInRole(catalogue, name) ?? own.get(name) ?? []);
  return [held, new Set(modules)];
}
