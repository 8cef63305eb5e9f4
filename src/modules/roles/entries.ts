import { eq, sql } from "drizzle-orm";
import type { z } from "zod";
import { organizationRole } from "../../auth/tables.ts";
import { builtInRole, type Catalogue, type Permission, type Rule } from "../../core/permission.ts";
import { Invalid } from "../../core/problem.ts";
import { changedEntries, columnsOf, type Entries, entriesOf } from "../../core/role.ts";
import type { OrganizationScope } from "../../core/scope.ts";
import type { Tx } from "../../db/client.ts";
import { checkMatch } from "../../http/router.ts";
import type { Giver } from "../members/index.ts";
import { change, findRole, listed, lockRole, type RoleRow } from "./roles.ts";
import { entriesFrom, keepingLocks, refuseBuiltIn, refuseUnheld, told } from "./rules.ts";
import { type NewRoleEntries, RoleEntries, type RoleEntryChange, RoleEntryState } from "./schemas.ts";

type State = z.input<typeof RoleEntryState>;
type Shown = z.input<typeof RoleEntries>;

const shown = (role: string, entries: Entries): Shown => ({ role, permissions: listed(entries) });

const state = (entries: Entries, permission: Permission): State => ({
  permission,
  ...(entries.get(permission) ?? { effect: "inherit", scope: "organization", locked: false }),
});

/** All that a role says. @throws 404. */
export async function getEntries(scope: OrganizationScope, catalogue: Catalogue, role: string): Promise<Shown> {
  return shown(role, await entriesIn(scope, catalogue, role));
}

/** What a role says of one permission. @throws 404 for no such role, 422 for no such permission. */
export async function getEntry(
  scope: OrganizationScope,
  catalogue: Catalogue,
  role: string,
  permission: Permission,
): Promise<State> {
  refuseUnknown(catalogue, permission);
  return state(await entriesIn(scope, catalogue, role), permission);
}

async function entriesIn(scope: OrganizationScope, catalogue: Catalogue, role: string): Promise<Entries> {
  return builtInRole(catalogue, role)?.rules ?? entriesOf(await findRole(scope.db, scope, role));
}

/**
 * Lets a role say this and nothing else, all or nothing.
 *
 * @throws 403 for what changes and isn't held, 404, 409 for a built-in role or a locked entry, 412, 422.
 */
export async function replaceEntries(
  scope: OrganizationScope,
  by: Giver,
  role: string,
  input: z.output<typeof NewRoleEntries>,
  ifMatch: string | undefined,
): Promise<Shown> {
  refuseBuiltIn(by.catalogue, role);
  const given = entriesFrom(by.catalogue, input.permissions);
  const row = await write(scope, role, by, (before) => {
    checkMatch(ifMatch, RoleEntries, shown(role, before));
    return given;
  });
  return shown(role, entriesOf(row));
}

/** Lets a role say something else of one permission. @throws as `replaceEntries`. */
export async function setEntry(
  scope: OrganizationScope,
  by: Giver,
  role: string,
  permission: Permission,
  input: z.output<typeof RoleEntryChange>,
  ifMatch: string | undefined,
): Promise<State> {
  refuseBuiltIn(by.catalogue, role);
  refuseUnknown(by.catalogue, permission);
  const { effect, scope: reach } = input;
  if (effect !== "allow" && reach === "own") throw invalid("scope", "only what is allowed is allowed for one's own");
  const row = await write(scope, role, by, (before) => {
    checkMatch(ifMatch, RoleEntryState, state(before, permission));
    const after = new Map(before);
    if (effect === "inherit") after.delete(permission);
    else after.set(permission, { effect, scope: reach, locked: false });
    return after;
  });
  return state(entriesOf(row), permission);
}

/**
 * Locks these entries of an organization's role, as they are given, and unlocks all others. For the platform.
 *
 * @throws 404, 409 for a built-in role, 412, 422.
 */
export async function setLocks(
  scope: OrganizationScope,
  catalogue: Catalogue,
  role: string,
  input: z.output<typeof NewRoleEntries>,
  ifMatch: string | undefined,
): Promise<Shown> {
  refuseBuiltIn(catalogue, role);
  const given = entriesFrom(catalogue, input.permissions);
  const row = await write(scope, role, null, (before) => {
    checkMatch(ifMatch, RoleEntries, shown(role, before));
    const relocked = (entries: Entries, locked: boolean) =>
      [...entries].map(([permission, rule]): [Permission, Rule] => [permission, { ...rule, locked }]);
    return new Map([...relocked(before, false), ...relocked(given, true)]);
  });
  return shown(role, entriesOf(row));
}

/** @param by who changes the role; null for the platform, whose locks alone don't bind. */
async function write(
  scope: OrganizationScope,
  role: string,
  by: Giver | null,
  decide: (before: Entries) => Entries,
): Promise<RoleRow> {
  const work = scope.mutate("role.updated", async (tx: Tx) => {
    const row = await lockRole(tx, scope, by, role);
    const before = entriesOf(row);
    const decided = decide(before);
    const after = by ? keepingLocks(before, decided) : decided;
    if (by) refuseUnheld(by, before, after);
    if (changedEntries(before, after).length === 0) return change(row, row);
    if (!by) await tx.execute(sql`select set_config('app.role_locks', 'open', true)`);
    const [written] = await tx
      .update(organizationRole)
      .set({ ...columnsOf(after), updatedAt: scope.now() })
      .where(eq(organizationRole.id, row.id))
      .returning();
    return change(row, written!);
  });
  return told(work, () => role);
}

function refuseUnknown(catalogue: Catalogue, permission: Permission): void {
  if (catalogue.permissions.has(permission)) return;
  throw invalid("permission", `there is no permission ${JSON.stringify(permission.slice(0, 128))}`);
}

const invalid = (path: string, message: string) =>
  Invalid("Change the fields listed under errors.", { errors: [{ path, message }] });
