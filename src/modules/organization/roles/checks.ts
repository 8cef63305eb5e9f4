import type { z } from "zod";
import type { Catalogue, Permission, Rule } from "../../../core/access/permission.ts";
import type { Entries } from "../../../core/access/role.ts";
import { Invalid, invalidField, problem } from "../../../core/problem.ts";
import type { Refusals } from "../../../core/scope.ts";
import { guard } from "../../../db/guards.ts";
import type { NewRoleEntry } from "./schemas.ts";

export const BuiltIn = problem("role_built_in", 409, "The role is built in");
export const NameTaken = problem("role_name_taken", 409, "Role name is already taken");
export const InUse = problem("role_in_use", 409, "The role is in use");
export const EntryLocked = problem("entry_locked", 409, "The entry is locked");

/** The 409 for a name that another role has. */
export const nameTaken = (name: string, cause?: unknown) =>
  NameTaken(`The organization already has a role ${name}.`, { errors: [{ path: "name", message: "is taken" }], cause });

/** What the database refuses when a role is written. @param name the name that the role would have. */
export const roleRefusals = (name: string): Refusals => ({
  organization_role_name_unique: (cause) => nameTaken(name, cause),
  [guard.roleInUse]: (cause) => InUse("Members, open invitations or the default role name it.", { cause }),
  [guard.lockedEntry]: (cause) => EntryLocked("It has entries that the platform has locked.", { cause }),
});

/** @throws 409 for the name of a role that is the same in every organization. */
export function refuseBuiltIn(catalogue: Catalogue, name: string): void {
  if (catalogue.roles.has(name))
    throw BuiltIn(`The role ${name} is the same in every organization. Make one of your own.`);
}

/** @throws 422 for a permission that no module declares. */
export function refuseUndeclared(catalogue: Catalogue, permission: Permission): void {
  if (catalogue.permissions.has(permission)) return;
  throw invalidField("permission", `there is no permission ${JSON.stringify(permission.slice(0, 128))}`);
}

/** @throws 422, naming each field: an unknown permission, one named twice, a denial limited to one's own rows. */
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

/** The new entries with the locks of the old ones. @throws 409 where a locked entry would change. */
export function keepingLocks(before: Entries, after: Entries): Entries {
  const kept = new Map(after);
  for (const [permission, rule] of before) {
    if (!rule.locked) continue;
    const { effect, scope } = after.get(permission) ?? {};
    if (effect !== rule.effect || scope !== rule.scope)
      throw EntryLocked(`The role's entry for ${permission} is locked by the platform.`);
    kept.set(permission, rule);
  }
  return kept;
}
