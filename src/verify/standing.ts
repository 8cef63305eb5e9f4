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
import type { StoredRole } from "../core/role.ts";
import type { Database } from "../db/client.ts";

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

/** A member's standing with what it was resolved from. */
export type MemberStanding = Effective & { role: string; stored: StoredRole[]; granted: ReadonlySet<string> };

const text = `select m.role, ${standingColumn("o", "m")} as standing
  from "member" m join "organization" o on o.id = m.organization_id where m.organization_id = $2 and m.user_id = $1`;

/** Reads one member's standing, from the database each time. Null for who isn't a member. */
export const standingReader =
  ({ database, catalogue }: { database: Database; catalogue: Catalogue }) =>
  async (userId: string, organizationId: string): Promise<MemberStanding | null> => {
    const [row] = await database.statement<{ role: string; standing: string }>("member_standing", text, [
      userId,
      organizationId,
    ]);
    if (!row) return null;
    const [roles, modules] = JSON.parse(row.standing) as Stored;
    return {
      role: row.role,
      stored: (roles ?? []).map(([role, permission, rules]) => ({ role, permission, rules })),
      granted: new Set(modules),
      ...resolve(catalogue, ...heldIn(catalogue, row.role, [roles, modules])),
    };
  };

function heldIn(catalogue: Catalogue, roleColumn: string, [roles, modules]: Stored): [HeldRole[], Set<string>] {
  const own = new Map((roles ?? []).map(([name, permission, rules]) => [name, storedRole(name, permission, rules)]));
  const held = splitRoles(roleColumn).flatMap((name) => builtInRole(catalogue, name) ?? own.get(name) ?? []);
  return [held, new Set(modules)];
}
