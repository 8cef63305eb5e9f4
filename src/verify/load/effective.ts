import {
  builtInRole,
  type Catalogue,
  type Effective,
  type HeldRole,
  resolve,
  splitRoles,
  storedRole,
} from "../../core/access/permission.ts";
import { lacksSecondFactor } from "../../core/assurance.ts";
import type { Clock } from "../../core/clock.ts";
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

/** The standing of somebody who lacks what the organization requires. */
export const holdingNothing: Effective = { permissions: new Set(), own: new Set(), unentitled: new Map() };

/** A member's standing with what it was resolved from. */
export type MemberStanding = Effective & {
  role: string;
  stored: StoredRole[];
  granted: ReadonlySet<string>;
  /** Whether the session lacks a second factor that the organization requires: it then holds nothing. */
  lacksSecondFactor: boolean;
};

const text = `select m.role, ${standingColumn("o", "m")} as standing, o.two_factor_required_from as "requiredFrom",
    case when $3::text is null then 2 else coalesce((select s.factors from "session" s where s.id = $3), 1) end as factors
  from "member" m join "organization" o on o.id = m.organization_id where m.organization_id = $2 and m.user_id = $1`;

/**
 * Reads one member's standing, from the database each time. Null for a user who isn't a member.
 *
 * @param sessionId in which they act; null where it is about their roles alone.
 */
export type StandingReader = (
  userId: string,
  organizationId: string,
  sessionId: string | null,
) => Promise<MemberStanding | null>;

type Ports = { database: Database; catalogue: Catalogue; clock: Clock };
type Found = { role: string; standing: string; requiredFrom: Date | null; factors: number };

export const standingReader =
  ({ database, catalogue, clock }: Ports): StandingReader =>
  async (...of) => {
    const [row] = await database.statement<Found>("member_standing", text, of);
    if (!row) return null;
    const held = readStanding(row.standing);
    const lacks = lacksSecondFactor(row.requiredFrom, row.factors, clock());
    return {
      role: row.role,
      stored: held.roles,
      granted: new Set(held.modules),
      lacksSecondFactor: lacks,
      ...(lacks ? holdingNothing : resolve(catalogue, ...heldIn(catalogue, row.role, held))),
    };
  };

function heldIn(catalogue: Catalogue, roleColumn: string, { roles, modules }: Stored): [HeldRole[], Set<string>] {
  const own = new Map(roles.map(({ role, permission, rules }) => [role, storedRole(role, permission, rules)]));
  const held = splitRoles(roleColumn).flatMap((name) => builtInRole(catalogue, name) ?? own.get(name) ?? []);
  return [held, new Set(modules)];
}
