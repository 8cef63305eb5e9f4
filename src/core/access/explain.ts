import { type Catalogue, type Permission, type Reach, type Rule, splitRoles, type Tier } from "./permission.ts";
import { entriesOf, type StoredRole } from "./role.ts";

/** What one role that somebody holds says of a permission, and where that stands. */
export type Said = { role: string; source: "builtIn" | "permission" | "rules" } & Rule;

/** How a permission was decided: what each role says of it, the module that it belongs to, and what came of it. */
export type Explanation = {
  permission: Permission;
  allowed: boolean;
  reach: Reach | null;
  reason: "granted" | "own_only" | "denied" | "not_granted" | "not_entitled";
  module: { name: string; tier: Tier; granted: boolean };
  entries: Said[];
};

/**
 * Explains what `resolve` decides for the holder of these roles.
 *
 * @param stored the organization's own roles among those of `roleColumn`.
 * @param granted modules beyond the standard ones.
 * @returns undefined for a permission that no module declares.
 */
export function explain(
  catalogue: Catalogue,
  roleColumn: string,
  stored: readonly StoredRole[],
  granted: ReadonlySet<string>,
  permission: Permission,
): Explanation | undefined {
  const name = catalogue.permissions.get(permission);
  if (name === undefined) return undefined;
  const tier = catalogue.modules.get(name) ?? "standard";
  const module = { name, tier, granted: tier === "standard" || granted.has(name) };
  const roles = splitRoles(roleColumn);
  const entries = roles.flatMap((role): Said[] => {
    const builtIn = catalogue.roles.get(role);
    if (builtIn?.has(permission))
      return [{ role, source: "builtIn", effect: "allow", scope: "organization", locked: false }];
    const own = stored.find((row) => row.role === role);
    const rule = own && entriesOf(own).get(permission);
    return rule ? [{ role, source: permission in own.rules ? "rules" : "permission", ...rule }] : [];
  });
  const said = (test: (entry: Said) => boolean) => entries.some(test);
  const [allowed, denied] = [said(({ effect }) => effect === "allow"), said(({ effect }) => effect === "deny")];
  const answer = (reason: Explanation["reason"], reach: Reach | null = null): Explanation => ({
    permission,
    allowed: reach !== null,
    reach,
    reason,
    module,
    entries,
  });
  if (denied && !roles.includes("owner")) return answer("denied");
  if (!allowed) return answer("not_granted");
  if (!module.granted) return answer("not_entitled");
  return said(({ effect, scope }) => effect === "allow" && scope === "organization")
    ? answer("granted", "organization")
    : answer("own_only", "own");
}
