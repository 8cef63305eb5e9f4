import { permissionColumn } from "../api-key.ts";
import {
  type Catalogue,
  type Effective,
  type HeldRole,
  isOwner,
  type Permission,
  type Reach,
  resolve,
  type Rule,
  type StoredRules,
  storedRole,
} from "./permission.ts";

/** An organization's role as its row holds it. */
export type StoredRole = { role: string; permission: string; rules: StoredRules };

/** What a role says of each permission; what it doesn't name it inherits from the member's other roles. */
export type Entries = ReadonlyMap<Permission, Rule>;

export const entriesOf = ({ role, permission, rules }: StoredRole): Entries =>
  storedRole(role, permission, rules).rules;

/**
 * The two columns of a role: allowances on the whole organization as better-auth reads them, all else as rules. What is
 * locked stands in both, so that better-auth's routes honour it and none of them removes it.
 */
export function columnsOf(entries: Entries): Pick<StoredRole, "permission" | "rules"> {
  const wide: Permission[] = [];
  const rules: StoredRules = {};
  for (const [permission, { effect, scope, locked }] of entries) {
    const everywhere = effect === "allow" && scope === "organization";
    if (everywhere) wide.push(theirs(permission));
    if (everywhere && !locked) continue;
    rules[permission] = {
      ...(effect === "deny" ? { effect } : {}),
      ...(scope === "own" ? { scope } : {}),
      ...(locked ? { locked } : {}),
    };
  }
  return { permission: permissionColumn(wide), rules };
}

/** What we call `role` is `ac` to better-auth. */
const theirs = (permission: Permission): Permission => permission.replace(/^role:/, "ac:") as Permission;

/** The permissions that better-auth's form names, such as `{"project":["read"]}`. */
export const permissionsNamed = (request: Readonly<Record<string, readonly string[]>>): Permission[] =>
  Object.entries(request).flatMap(([resource, actions]) =>
    actions.map((action): Permission => `${resource === "ac" ? "role" : resource}:${action}`),
  );

/**
 * What is left of a role's entries when better-auth's routes let it allow these and nothing else on the whole
 * organization: denials and narrower allowances of other permissions stay, and so does what is locked.
 */
export function allowingOnly(before: Entries, wide: readonly Permission[]): Entries {
  const kept = [...before].filter(([, { effect, scope, locked }]) => locked || effect === "deny" || scope === "own");
  const after = new Map(kept);
  for (const permission of wide)
    if (!after.get(permission)?.locked)
      after.set(permission, { effect: "allow", scope: "organization", locked: false });
  return after;
}

/** The permissions of which two sets of entries say something else. */
export const changedEntries = (before: Entries, after: Entries): Permission[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((key) => !Bun.deepEquals(before.get(key), after.get(key)));

/** A role's rows before and after a change as history shows them: of the entries those that changed, a line each. */
export function roleHistory<Row extends StoredRole & { description?: string | null }>(
  before: Row | null,
  after: Row | null,
): { before: object | null; after: object | null } {
  const [was, is] = [before ? entriesOf(before) : new Map(), after ? entriesOf(after) : new Map()];
  const changed = changedEntries(was, is).toSorted();
  const told = (row: Row | null, entries: Entries) =>
    row && {
      name: row.role,
      description: row.description ?? null,
      entries: changed.flatMap((permission) => {
        const rule = entries.get(permission);
        return rule ? [`${permission} ${spoken(rule)}`] : [];
      }),
    };
  return { before: told(before, was), after: told(after, is) };
}

const spoken = ({ effect, scope, locked }: Rule): string =>
  [effect, ...(scope === "own" ? ["own"] : []), ...(locked ? ["locked"] : [])].join(" ");

/** What a user holds, as far as it limits the roles they may grant and revoke. */
export type Grantor = Effective & { readonly role: string | null };

/** Whether somebody's roles grant a permission this far, whether or not the organization is entitled to use it. */
export function holds(who: Grantor, permission: Permission, reach: Reach): boolean {
  if (who.permissions.has(permission)) return true;
  const unentitled = who.unentitled.get(permission);
  return unentitled === "organization" || (reach === "own" && (unentitled === "own" || who.own.has(permission)));
}

/** What these roles together grant that somebody doesn't hold. To be an owner is more than its permissions. */
export function beyond(catalogue: Catalogue, who: Grantor, held: readonly HeldRole[]): string[] {
  const { permissions, own } = resolve(catalogue, held, new Set(catalogue.modules.keys()));
  const above = [
    ...[...permissions].filter((permission) => !holds(who, permission, "organization")),
    ...[...own].filter((permission) => !holds(who, permission, "own")),
  ];
  return held.some(({ name }) => name === "owner") && !isOwner(who.role) ? ["owner", ...above] : above;
}
