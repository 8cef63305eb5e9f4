import type { StoredRules } from "../../core/access/permission.ts";
import type { StoredRole } from "../../core/access/role.ts";

// ASCII's separators, which neither valid JSON nor a name holds unescaped. Joined text costs the database a fraction of
// JSON that has JSON inside.
const [groups, records, units] = ["\x1d", "\x1e", "\x1f"] as const;
const literal = (text: string): string => `chr(${text.charCodeAt(0)})`;

/**
 * The SQL expression of a member's stored roles and the organization's entitlements, as one text; null without a
 * membership. `readStanding` reads it.
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

/** The text of no stored role and no entitlement. */
export const noStanding: string = groups;

/** What a standing text holds. */
export type Stored = { roles: StoredRole[]; modules: string[] };

/** Reads what `standingColumn` wrote. @throws for rules that aren't JSON, such as those of a role that SQL broke. */
export function readStanding(standing: string): Stored {
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
