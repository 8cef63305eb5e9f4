import { and, asc, eq, gt, ilike } from "drizzle-orm";
import type { z } from "zod";
import { organizationRole } from "../../../auth/tables/organization.ts";
import { builtInRole, type Catalogue } from "../../../core/access/permission.ts";
import { columnsOf, type Entries, entriesOf, roleHistory } from "../../../core/access/role.ts";
import { likePattern, page } from "../../../core/page.ts";
import { notFound } from "../../../core/problem.ts";
import type { Change, OrganizationScope } from "../../../core/scope.ts";
import type { ReadDb } from "../../../db/types.ts";
import { entriesFrom, nameTaken, refuseBuiltIn, roleRefusals } from "./checks.ts";
import { refuseRoleAbove, refuseUnheld, type RoleManager } from "./grants.ts";
import { type NewRole, Role, type RoleChanges, type RoleQuery } from "./schemas.ts";

export type RoleRow = typeof organizationRole.$inferSelect;
type RoleBody = z.input<typeof Role>;

/** Entries in alphabetical order, as the API lists them. */
export const sortedEntries = (entries: Entries): RoleBody["permissions"] =>
  [...entries]
    .map(([permission, rule]) => ({ permission, ...rule }))
    .toSorted((a, b) => (a.permission < b.permission ? -1 : 1));

const toRole = (row: RoleRow) => ({
  id: row.id,
  name: row.role,
  description: row.description,
  builtIn: false,
  permissions: sortedEntries(entriesOf(row)),
  createdAt: row.createdAt,
  updatedAt: row.updatedAt ?? row.createdAt,
});

const descriptions: Record<string, string> = {
  owner: "Everything, whatever another role denies",
  admin: "Everything but to end the organization and to pay for it",
  member: "To work with what the organization has",
  viewer: "To look at it",
};

function builtIn(catalogue: Catalogue, name: string): RoleBody | undefined {
  const role = builtInRole(catalogue, name);
  if (role === undefined) return undefined;
  const fixed = { id: null, builtIn: true, createdAt: null, updatedAt: null };
  return { ...fixed, name, description: descriptions[name] ?? null, permissions: sortedEntries(role.rules) };
}

/** One page of the roles: the built-in ones, widest first, then the organization's own by name. */
export async function listRoles(
  scope: OrganizationScope,
  catalogue: Catalogue,
  { limit, q, cursor }: z.infer<typeof RoleQuery>,
) {
  const [kind, after = ""] = cursor ? scope.cursors.decode("roles", cursor) : ["builtIn"];
  const names = [...catalogue.roles.keys()];
  const first = kind === "own" ? [] : names.slice(names.indexOf(after) + 1);
  const rows = await scope.db
    .select()
    .from(organizationRole)
    .where(
      and(
        eq(organizationRole.organizationId, scope.organizationId),
        q ? ilike(organizationRole.role, likePattern(q)) : undefined,
        kind === "own" ? gt(organizationRole.role, after) : undefined,
      ),
    )
    .orderBy(asc(organizationRole.role))
    .limit(limit + 1);
  const roles = [
    ...first.filter((name) => !q || name.includes(q.toLowerCase())).flatMap((name) => builtIn(catalogue, name) ?? []),
    ...rows.map(toRole),
  ].slice(0, limit + 1);
  return page(roles, limit, (role) => scope.cursors.encode("roles", [role.builtIn ? "builtIn" : "own", role.name]));
}

/** @throws 404. */
export async function getRole(scope: OrganizationScope, catalogue: Catalogue, name: string): Promise<RoleBody> {
  return builtIn(catalogue, name) ?? toRole(await findRole(scope.db, scope, name));
}

/** @throws 403 for permissions that `by` doesn't hold, 409 for a name that is taken, 422. */
export async function createRole(
  scope: OrganizationScope,
  by: RoleManager,
  input: z.output<typeof NewRole>,
): Promise<RoleBody> {
  const { name, description = null, permissions = [] } = input;
  if (by.catalogue.roles.has(name)) throw nameTaken(name);
  const entries = entriesFrom(by.catalogue, permissions);
  refuseUnheld(by, new Map(), entries);
  const [id, createdAt] = [Bun.randomUUIDv7(), scope.now()];
  const { organizationId } = scope;
  const values = { id, organizationId, role: name, description, createdAt, updatedAt: createdAt };
  const row = await scope.mutate(
    "role.created",
    async (tx) => {
      const [inserted] = await tx
        .insert(organizationRole)
        .values({ ...values, ...columnsOf(entries) })
        .returning();
      return roleChange(null, inserted!);
    },
    roleRefusals(name),
  );
  return toRole(row);
}

/** Changes a role's name or description. @throws 403, 404, 409 for a name that is taken or a role in use, 412. */
export async function updateRole(
  scope: OrganizationScope,
  by: RoleManager,
  name: string,
  input: z.output<typeof RoleChanges>,
): Promise<RoleBody> {
  refuseBuiltIn(by.catalogue, name);
  if (input.name !== undefined && by.catalogue.roles.has(input.name)) throw nameTaken(input.name);
  const row = await scope.mutate(
    "role.updated",
    async (tx, hold) => {
      const before = await lockRole(tx, scope, by, name);
      hold(toRole(before), Role);
      const { name: role = before.role, description = before.description } = input;
      if (role === before.role && description === before.description) return roleChange(before, before);
      const [written] = await tx
        .update(organizationRole)
        .set({ role, description, updatedAt: scope.now() })
        .where(eq(organizationRole.id, before.id))
        .returning();
      return roleChange(before, written!);
    },
    roleRefusals(input.name ?? name),
  );
  return toRole(row);
}

/** Deletes a role that nobody has. @throws 403, 404, 409 for a role in use or with locked entries, 412. */
export async function deleteRole(scope: OrganizationScope, by: RoleManager, name: string): Promise<void> {
  refuseBuiltIn(by.catalogue, name);
  await scope.mutate(
    "role.deleted",
    async (tx, hold): Promise<Change<void>> => {
      const before = await lockRole(tx, scope, by, name);
      hold(toRole(before), Role);
      await tx.delete(organizationRole).where(eq(organizationRole.id, before.id));
      return { entityId: before.id, ...roleHistory(before, null), result: undefined };
    },
    roleRefusals(name),
  );
}

/** A change of a role with its history. */
export const roleChange = (before: RoleRow | null, row: RoleRow): Change<RoleRow> => ({
  entityId: row.id,
  ...roleHistory(before, row),
  result: row,
});

const byName = (scope: OrganizationScope, name: string) =>
  and(eq(organizationRole.organizationId, scope.organizationId), eq(organizationRole.role, name));

/** @throws 404. */
export async function findRole(db: ReadDb, scope: OrganizationScope, name: string): Promise<RoleRow> {
  const [row] = await db.select().from(organizationRole).where(byName(scope, name));
  if (!row) throw notFound();
  return row;
}

/**
 * Locks a role's row until the transaction ends.
 *
 * @param by who changes the role; null for the platform.
 * @throws 404, 403 for a role above `by`'s own.
 */
export async function lockRole(
  tx: ReadDb,
  scope: OrganizationScope,
  by: RoleManager | null,
  name: string,
): Promise<RoleRow> {
  const [row] = await tx.select().from(organizationRole).where(byName(scope, name)).for("update");
  if (!row) throw notFound();
  if (by) refuseRoleAbove(by, name, entriesOf(row));
  return row;
}
