import type { Context } from "hono";
import { findRoles } from "../../../auth/guard/roles.ts";
import { type Catalogue, splitRoles } from "../../../core/access/permission.ts";
import { beyond, changedEntries, type Entries, holds } from "../../../core/access/role.ts";
import type { OrganizationAccess } from "../../../core/principal.ts";
import { invalidField, problem } from "../../../core/problem.ts";
import type { OrganizationScope, Refusals } from "../../../core/scope.ts";
import { guard } from "../../../db/guards.ts";
import { requireFresh } from "../../../http/access/fresh.ts";
import type { Env } from "../../../http/env.ts";
import type { Tx } from "../../../db/types.ts";

export const RoleBeyondYours = problem("role_beyond_yours", 403, "The role is above your own");
export const PermissionBeyondYours = problem("permission_beyond_yours", 403, "The permission is above your own");

/** The caller who grants, revokes or edits roles, and the catalogue of what roles can grant. */
export type RoleManager = { access: OrganizationAccess; catalogue: Catalogue };

/** A caller who makes others members. @property requireFresh asks for a recent sign-in. @throws 403. */
export type RoleGrantor = RoleManager & { requireFresh(): void };

/** What a request says of its caller, as one who grants roles. */
export const grantor = (c: Context<Env>): Omit<RoleGrantor, "catalogue"> => ({
  access: c.var.auth.organization,
  requireFresh: () => requireFresh(c),
});

/**
 * Checks the roles that a client asks to grant. Call it in the transaction that grants them.
 *
 * @param wanted role names without repeats.
 * @param field the client's field that names the roles.
 * @returns the value for the role column.
 * @throws 422 for a role that doesn't exist, 403 for roles that grant what `by` doesn't hold, and for the owner's where
 * they haven't signed in lately.
 */
export async function grantableRoles(
  tx: Tx,
  scope: OrganizationScope,
  by: RoleGrantor,
  wanted: readonly string[],
  field = "role",
): Promise<string> {
  const { held, unknown } = await findRoles(tx, by.catalogue, scope.organizationId, wanted);
  if (unknown.length > 0)
    throw invalidField(field, `there is no role ${unknown.map((role) => JSON.stringify(role)).join(", ")}`);
  refuseAbove(by, held, wanted.join(","));
  if (wanted.includes("owner")) by.requireFresh();
  return wanted.join(",");
}

/** @throws 403 unless `by` holds all that the roles of a role column grant. */
export async function refuseBeyond(
  tx: Tx,
  scope: OrganizationScope,
  by: RoleManager,
  column: string | null,
): Promise<void> {
  const { held } = await findRoles(tx, by.catalogue, scope.organizationId, splitRoles(column));
  refuseAbove(by, held, column ?? "");
}

function refuseAbove({ access, catalogue }: RoleManager, held: Parameters<typeof beyond>[2], column: string): void {
  if (beyond(catalogue, access, held).length === 0) return;
  throw RoleBeyondYours(`The role ${column} is above your own: you can't give or take what you don't hold.`);
}

/** @throws 403 for a role whose entries grant what `by` doesn't hold. */
export function refuseRoleAbove({ access, catalogue }: RoleManager, name: string, rules: Entries): void {
  const [first] = beyond(catalogue, access, [{ name, rules }]);
  if (first === undefined) return;
  throw RoleBeyondYours(`The role ${name} is above your own: it grants ${first}, which you don't hold.`);
}

/** @throws 403 where a changed entry is about a permission, or reaches further, than `by` holds. */
export function refuseUnheld({ access }: RoleManager, before: Entries, after: Entries): void {
  for (const permission of changedEntries(before, after)) {
    const rules = [before.get(permission), after.get(permission)].filter((rule) => rule !== undefined);
    const wide = rules.some(({ effect, scope }) => effect === "deny" || scope === "organization");
    if (holds(access, permission, wide ? "organization" : "own")) continue;
    const reach = wide ? "" : " for your own rows";
    throw PermissionBeyondYours(`You can't give or take what you don't hold: ${permission}${reach} is above your own.`);
  }
}

/**
 * What the database refuses where a row names a role that doesn't exist, or no longer does.
 *
 * @param field the client's field that names the role.
 */
export const unknownRole = (field = "role"): Refusals => ({
  [guard.unknownRole]: (cause) => invalidField(field, "names a role that doesn't exist", cause),
});
