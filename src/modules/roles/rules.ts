import type { Catalogue, Permission, Rule } from "../../core/permission.ts";
import { Invalid, problem } from "../../core/problem.ts";
import { beyond, changedEntries, type Entries, holds } from "../../core/role.ts";
import { isUniqueViolation, sqlState } from "../../db/errors.ts";
import { type Giver, RoleBeyondYours } from "../members/index.ts";
import type { z } from "zod";
import type { NewRoleEntry } from "./schemas.ts";

export const BuiltIn = problem("role_built_in", 409, "The role is built in");
export const NameTaken = problem("role_name_taken", 409, "Role name is already taken");
export const InUse = problem("role_in_use", 409, "The role is in use");
export const EntryLocked = problem("entry_locked", 409, "The entry is locked");
export const PermissionBeyondYours = problem("permission_beyond_yours", 403, "The permission is above your own");

export const nameTaken = (name: string, cause?: unknown) =>
  NameTaken(`The organization already has a role ${name}.`, { errors: [{ path: "name", message: "is taken" }], cause });

/** @throws 409 for a name that every organization's roles begin with. */
export function refuseBuiltIn(catalogue: Catalogue, name: string): void {
  if (catalogue.roles.has(name))
    throw BuiltIn(`The role ${name} is the same in every organization. Make one of your own.`);
}

/** @throws 409 as the database says: a name that is taken, a role in use, an entry that is locked. */
export async function told<T>(work: Promise<T>, name: () => string): Promise<T> {
  try {
    return await work;
  } catch (err) {
    if (isUniqueViolation(err, "organization_role_name_unique")) throw nameTaken(name(), err);
    if (sqlState(err) === "GH004")
      throw InUse("Members, open invitations or the default role name it.", { cause: err });
    if (sqlState(err) === "GH005") throw EntryLocked("It has entries that the platform has locked.", { cause: err });
    throw err;
  }
}

/** @throws 422, naming the field, for a permission that doesn't exist, one named twice, and a denial of one's own only. */
export function entriesFrom(catalogue: Catalogue, given: readonly z.output<typeof NewRoleEntry>[]): Entries {
  const entries = new Map<Permission, Rule>();
  const errors = given.flatMap(({ permission, effect, scope }, at) => {
    const fault = (field: string, message: string) => [{ path: `permissions.${at}.${field}`, message }];
    if (!catalogue.permissions.has(permission))
      return fault("permission", `there is no permission ${JSON.stringify(permission)}`);
    if (entries.has(permission)) return fault("permission", `names ${permission} a second time`);
    entries.set(permission, { effect, scope, locked: false });
    return effect === "deny" && scope === "own" ? fault("scope", "a denial is for the whole organization") : [];
  });
  if (errors.length > 0) throw Invalid("Change the fields listed under errors.", { errors });
  return entries;
}

/** @throws 403 for a role that grants what who changes it doesn't hold. */
export function refuseAbove({ access, catalogue }: Giver, name: string, rules: Entries): void {
  const [first] = beyond(catalogue, access, [{ name, rules }]);
  if (first === undefined) return;
  throw RoleBeyondYours(`The role ${name} is above your own: it grants ${first}, which you don't hold.`);
}

/** @throws 403 where an entry changes that speaks of a permission, or reaches further, than who changes it holds. */
export function refuseUnheld({ access }: Giver, before: Entries, after: Entries): void {
  for (const permission of changedEntries(before, after)) {
    const rules = [before.get(permission), after.get(permission)].filter((rule) => rule !== undefined);
    const wide = rules.some(({ effect, scope }) => effect === "deny" || scope === "organization");
    if (holds(access, permission, wide ? "organization" : "own")) continue;
    throw PermissionBeyondYours(
      `Nobody gives or takes what they don't hold: ${permission}${wide ? "" : " for one's own"} is above your own.`,
    );
  }
}

/** The entries with the locks of those before them. @throws 409 where a locked one would change. */
export function keepingLocks(before: Entries, after: Entries): Entries {
  const kept = new Map(after);
  for (const [permission, rule] of before) {
    if (!rule.locked) continue;
    const { effect, scope } = after.get(permission) ?? {};
    if (effect !== rule.effect || scope !== rule.scope)
      throw EntryLocked(`What the role says of ${permission} is locked by the platform.`);
    kept.set(permission, rule);
  }
  return kept;
}
