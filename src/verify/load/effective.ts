import {
  builtInRole,
  type Catalogue,
  type Effective,
  type HeldRole,
  resolve,
  splitRoles,
  storedRole,
} from "../../core/access/permission.ts";
import type { StoredRole } from "../../core/access/role.ts";
import type { Database } from "../../db/types.ts";
import { readStanding, standingColumn, type Stored } from "./standing-text.ts";

/** Standings that are kept: so many, of so many characters in all, which is some 20 MB with what they resolve to. */
const [most, mostText] = [2_000, 4_000_000];

/** Resolves what the statement says. Equal standings are resolved once: most members of most organizations share one. */
export function standingResolver(catalogue: Catalogue): (roleColumn: string, standing: string) => Effective {
  const known = new Map<string, Effective>();
  let characters = 0;
  return (roleColumn, standing) => {
    const key = `${roleColumn}\n${standing}`;
    let effective = known.get(key);
    if (effective === undefined) {
      effective = resolve(catalogue, ...heldIn(catalogue, roleColumn, readStanding(standing)));
      characters += key.length;
      if (known.size >= most || characters > mostText) {
        known.clear();
        characters = key.length;
      }
      if (characters <= mostText) known.set(key, effective);
    }
    return effective;
  };
}

/** A member's standing with what it was resolved from. */
export type MemberStanding = Effective & { role: string; stored: StoredRole[]; granted: ReadonlySet<string> };

const text = `select m.role, ${standingColumn("o", "m")} as standing
  from "member" m join "organization" o on o.id = m.organization_id where m.organization_id = $2 and m.user_id = $1`;

/** Reads one member's standing, from the database each time. Null for a user who isn't a member. */
export type StandingReader = (userId: string, organizationId: string) => Promise<MemberStanding | null>;

export const standingReader =
  ({ database, catalogue }: { database: Database; catalogue: Catalogue }): StandingReader =>
  async (userId, organizationId) => {
    const [row] = await database.statement<{ role: string; standing: string }>("member_standing", text, [
      userId,
      organizationId,
    ]);
    if (!row) return null;
    const held = readStanding(row.standing);
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
