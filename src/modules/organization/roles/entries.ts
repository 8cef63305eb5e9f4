import { eq, sql } from "drizzle-orm";
import type { z } from "zod";
import { organization, organizationRole } from "../../../auth/tables/organization.ts";
import { builtInRole, type Catalogue, type Permission, type Rule } from "../../../core/access/permission.ts";
import { changedEntries, columnsOf, type Entries, entriesOf } from "../../../core/access/role.ts";
import { invalidField, notFound } from "../../../core/problem.ts";
import type { Hold, OrganizationScope } from "../../../core/scope.ts";
import { entriesFrom, keepingLocks, refuseBuiltIn, refuseUndeclared, roleRefusals } from "./checks.ts";
import { refuseUnheld, type RoleManager } from "./grants.ts";
import { findRole, lockRole, roleChange, type RoleRow, sortedEntries } from "./roles.ts";
import { type NewRoleEntries, RoleEntries, type RoleEntryChange, RoleEntryState } from "./schemas.ts";

type EntryBody = z.input<typeof RoleEntryState>;
type EntriesBody = z.input<typeof RoleEntries>;

const toEntries = (role: string, entries: Entries): EntriesBody => ({ role, permissions: sortedEntries(entries) });

const toEntry = (entries: Entries, permission: Permission): EntryBody => ({
  permission,
  ...(entries.get(permission) ?? { effect: "inherit", scope: "organization", locked: false }),
});

/** All entries of a role. @throws 404. */
export async function getEntries(scope: OrganizationScope, catalogue: Catalogue, role: string): Promise<EntriesBody> {
  return toEntries(role, await entriesIn(scope, catalogue, role));
}

/** A role's entry for one permission. @throws 404 for an unknown role, 422 for an unknown permission. */
export async function getEntry(
  scope: OrganizationScope,
  catalogue: Catalogue,
  role: string,
  permission: Permission,
): Promise<EntryBody> {
  refuseUndeclared(catalogue, permission);
  return toEntry(await entriesIn(scope, catalogue, role), permission);
}

/** All entries of a role, for the platform. @throws 404, also for an organization that doesn't exist. */
export async function getLocks(scope: OrganizationScope, catalogue: Catalogue, role: string): Promise<EntriesBody> {
  await refuseAbsent(scope);
  return getEntries(scope, catalogue, role);
}

/** Built-in roles have no rows, so a role alone doesn't say whether the organization exists. @throws 404. */
async function refuseAbsent({ db, organizationId }: OrganizationScope): Promise<void> {
  const [row] = await db.select({ id: organization.id }).from(organization).where(eq(organization.id, organizationId));
  if (!row) throw notFound();
}

async function entriesIn(scope: OrganizationScope, catalogue: Catalogue, role: string): Promise<Entries> {
  return builtInRole(catalogue, role)?.rules ?? entriesOf(await findRole(scope.db, scope, role));
}

/**
 * Replaces all entries of a role, all or nothing.
 *
 * @throws 403 for a change of what `by` doesn't hold, 404, 409 for a built-in role or a locked entry, 412, 422.
 */
export async function replaceEntries(
  scope: OrganizationScope,
  by: RoleManager,
  role: string,
  input: z.output<typeof NewRoleEntries>,
): Promise<EntriesBody> {
  refuseBuiltIn(by.catalogue, role);
  const given = entriesFrom(by.catalogue, input.permissions);
  const row = await write(scope, role, by, (id, before, hold) => {
    hold({ id, ...toEntries(role, before) }, RoleEntries);
    return given;
  });
  return toEntries(role, entriesOf(row));
}

/** Changes a role's entry for one permission. @throws as `replaceEntries`. */
export async function setEntry(
  scope: OrganizationScope,
  by: RoleManager,
  role: string,
  permission: Permission,
  input: z.output<typeof RoleEntryChange>,
): Promise<EntryBody> {
  refuseBuiltIn(by.catalogue, role);
  refuseUndeclared(by.catalogue, permission);
  const { effect, scope: reach } = input;
  if (effect !== "allow" && reach === "own") throw invalidField("scope", "only an allowance can be limited to `own`");
  const row = await write(scope, role, by, (id, before, hold) => {
    hold({ id, ...toEntry(before, permission) }, RoleEntryState);
    const after = new Map(before);
    if (effect === "inherit") after.delete(permission);
    else after.set(permission, { effect, scope: reach, locked: false });
    return after;
  });
  return toEntry(entriesOf(row), permission);
}

/**
 * Sets and locks these entries of an organization's role, and unlocks all others. For the platform.
 *
 * @throws 404, 409 for a built-in role, 412, 422.
 */
export async function setLocks(
  scope: OrganizationScope,
  catalogue: Catalogue,
  role: string,
  input: z.output<typeof NewRoleEntries>,
): Promise<EntriesBody> {
  await refuseAbsent(scope);
  refuseBuiltIn(catalogue, role);
  const given = entriesFrom(catalogue, input.permissions);
  const row = await write(scope, role, null, (id, before, hold) => {
    hold({ id, ...toEntries(role, before) }, RoleEntries);
    const relocked = (entries: Entries, locked: boolean) =>
      [...entries].map(([permission, rule]): [Permission, Rule] => [permission, { ...rule, locked }]);
    return new Map([...relocked(before, false), ...relocked(given, true)]);
  });
  return toEntries(role, entriesOf(row));
}

/**
 * @param by who changes the role; null for the platform, which locks don't bind.
 * @param decide holds the role to the request's demands and returns its new entries.
 */
function write(
  scope: OrganizationScope,
  role: string,
  by: RoleManager | null,
  decide: (id: string, before: Entries, hold: Hold) => Entries,
): Promise<RoleRow> {
  return scope.mutate(
    "role.updated",
    async (tx, hold) => {
      const row = await lockRole(tx, scope, by, role);
      const before = entriesOf(row);
      const decided = decide(row.id, before, hold);
      const after = by ? keepingLocks(before, decided) : decided;
      if (by) refuseUnheld(by, before, after);
      if (changedEntries(before, after).length === 0) return roleChange(row, row);
      if (!by) await tx.execute(sql`select set_config('app.role_locks', 'open', true)`);
      const [written] = await tx
        .update(organizationRole)
        .set({ ...columnsOf(after), updatedAt: scope.now() })
        .where(eq(organizationRole.id, row.id))
        .returning();
      return roleChange(row, written!);
    },
    roleRefusals(role),
  );
}
