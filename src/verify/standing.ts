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

// ASCII's separators, which no valid JSON, and no name, holds as they are. Text that is only joined costs the database
// a fraction of what it takes to write JSON that has JSON inside.
const [groups, records, units] = ["\x1d", "\x1e", "\x1f"] as const;
const literal = (text: string): string => `chr(${text.charCodeAt(0)})`;

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
  else concat(
    (select string_agg(r.role || ${literal(units)} || r.permission || ${literal(units)} || r.rules::text, ${literal(records)})
      from "organization_role" r
      where r.organization_id = ${organization}.id and r.role = any(string_to_array(${member}.role, ','))),
    ${literal(groups)},
    (select string_agg(e.module, ${literal(records)}) from "entitlement" e where e.organization_id = ${organization}.id)
  ) end`;

/** The modules that an organization was granted, as a JSON array; null without any. */
export function modulesColumn(organization: string): string {
  return `(select json_agg(e.module order by e.module) from "entitlement" e where e.organization_id = ${organization}.id)`;
}

/** The standing of who holds no role that is stored, in an organization without entitlements. */
export const noStanding: string = groups;

type Stored = { roles: StoredRole[]; modules: string[] };

/** @throws for a role that isn't what a role is, such as one that was broken by SQL. */
function stored(standing: string): Stored {
  const end = standing.indexOf(groups);
  const parts = (text: string) => (text === "" ? [] : text.split(records));
  return {
    roles: parts(standing.slice(0, end)).map((record) => {
      const [role = "", permission = "", rules = ""] = record.split(units);
      return { role, permission, rules: JSON.parse(rules) as StoredRules };
    }),
    modules: parts(standing.slice(end + 1)),
  };
}

const most = 2_000;

/** Resolves what the statement says. Equal standings are resolved once: most members of most organizations share one. */
export function standingResolver(catalogue: Catalogue): (roleColumn: string, standing: string) => Effective {
  const known = new Map<string, Effective>();
  return (roleColumn, standing) => {
    const key = `${roleColumn}\n${standing}`;
    let effective = known.get(key);
    if (effective === undefined) {
      effective = resolve(catalogue, ...heldIn(catalogue, roleColumn, stored(standing)));
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
    const held = stored(row.standing);
    return {
      role: row.role,
      stored: held.roles,
      granted: new Set(held.modules),
      ...resolve(catalogue, ...heldIn(catalogue, row.role, held)),
    };
  };

function heldIn(catalogue: Catalogue, roleColumn: string, { roles, modules }: Stored): [HeldRole[], Set<string>] {
  const own = new Map(roles.map(({ role, permission, rules }) => [role, storedRole(role, permission, rules)]));
  const held = splitRoles(roleColumn).flatMap((name) => builtInRole(catalogue, name) ?? own.get(name) ?? []);
  return [held, new Set(modules)];
}
