import { and, asc, eq, gt, ilike } from "drizzle-orm";
import type { z } from "zod";
import { organizationRole } from "../../auth/tables.ts";
import { builtInRole, type Catalogue } from "../../core/permission.ts";
import { notFound } from "../../core/problem.ts";
import { columnsOf, type Entries, entriesOf, roleHistory } from "../../core/role.ts";
import type { Change, OrganizationScope } from "../../core/scope.ts";
import type { ReadDb } from "../../db/client.ts";
import { type CursorCodec, likePattern, page } from "../../http/pagination.ts";
import { checkMatch } from "../../http/router.ts";
import type { Giver } from "../members/index.ts";
import { entriesFrom, nameTaken, refuseAbove, refuseBuiltIn, refuseUnheld, told } from "./rules.ts";
import { type NewRole, Role, type RoleChanges, type RoleQuery } from "./schemas.ts";

export type RoleRow = typeof organizationRole.$inferSelect;
type Shown = z.input<typeof Role>;

/** Entries in the order of the alphabet. */
export const listed = (entries: Entries): Shown["permissions"] =>
  [...entries]
    .map(([permission, rule]) => ({ permission, ...rule }))
    .toSorted((a, b) => (a.permission < b.permission ? -1 : 1));

export const shown = (row: RoleRow): Shown => ({
  id: row.id,
  name: row.role,
  description: row.description,
  builtIn: false,
  permissions: listed(entriesOf(row)),
  createdAt: row.createdAt,
  updatedAt: row.updatedAt ?? row.createdAt,
});

const descriptions: Record<string, string> = {
  owner: "Everything, whatever another role denies",
  admin: "Everything but to end the organization and to pay for it",
  member: "To work with what the organization has",
  viewer: "To look at it",
};

function builtIn(catalogue: Catalogue, name: string): Shown | undefined {
  const role = builtInRole(catalogue, name);
  if (role === undefined) return undefined;
  const fixed = { id: null, builtIn: true, createdAt: null, updatedAt: null };
  return { ...fixed, name, description: descriptions[name] ?? null, permissions: listed(role.rules) };
}

/** One page of the roles: the built-in ones, widest first, then the organization's own by name. */
export async function listRoles(
  scope: OrganizationScope,
  catalogue: Catalogue,
  { limit, q, cursor }: z.infer<typeof RoleQuery>,
  cursors: CursorCodec,
) {
  const [kind, after = ""] = cursor ? cursors.decode("roles", cursor) : ["builtIn"];
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
    ...rows.map(shown),
  ].slice(0, limit + 1);
  return page(roles, limit, (role) => cursors.encode("roles", [role.builtIn ? "builtIn" : "own", role.name]));
}

/** @throws 404. */
export async function getRole(scope: OrganizationScope, catalogue: Catalogue, name: string): Promise<Shown> {
  return builtIn(catalogue, name) ?? shown(await findRole(scope.db, scope, name));
}

/** @throws 403 for what its maker doesn't hold, 409 for a name that is taken, 422. */
export async function createRole(scope: OrganizationScope, by: Giver, input: z.output<typeof NewRole>): Promise<Shown> {
  const { name, description = null, permissions = [] } = input;
  if (by.catalogue.roles.has(name)) throw nameTaken(name);
  const entries = entriesFrom(by.catalogue, permissions);
  refuseUnheld(by, new Map(), entries);
  const createdAt = scope.now();
  const work = scope.mutate("role.created", async (tx) => {
    const [row] = await tx
      .insert(organizationRole)
      .values({
        id: Bun.randomUUIDv7(),
        organizationId: scope.organizationId,
        role: name,
        description,
        ...columnsOf(entries),
        createdAt,
        updatedAt: createdAt,
      })
      .returning();
    return change(null, row!);
  });
  return shown(await told(work, () => name));
}

/** Changes a role's name or description. @throws 403, 404, 409 for a name that is taken or a role in use, 412. */
export async function updateRole(
  scope: OrganizationScope,
  by: Giver,
  name: string,
  input: z.output<typeof RoleChanges>,
  ifMatch: string | undefined,
): Promise<Shown> {
  refuseBuiltIn(by.catalogue, name);
  if (input.name !== undefined && by.catalogue.roles.has(input.name)) throw nameTaken(input.name);
  const work = scope.mutate("role.updated", async (tx) => {
    const before = await lockRole(tx, scope, by, name);
    checkMatch(ifMatch, Role, shown(before));
    const { name: role = before.role, description = before.description } = input;
    if (role === before.role && description === before.description) return change(before, before);
    const [row] = await tx
      .update(organizationRole)
      .set({ role, description, updatedAt: scope.now() })
      .where(eq(organizationRole.id, before.id))
      .returning();
    return change(before, row!);
  });
  return shown(await told(work, () => input.name ?? name));
}

/** Ends a role that nobody has. @throws 403, 404, 409 for a role in use or with locked entries, 412. */
export async function deleteRole(
  scope: OrganizationScope,
  by: Giver,
  name: string,
  ifMatch: string | undefined,
): Promise<void> {
  refuseBuiltIn(by.catalogue, name);
  const work = scope.mutate("role.deleted", async (tx): Promise<Change<void>> => {
    const before = await lockRole(tx, scope, by, name);
    checkMatch(ifMatch, Role, shown(before));
    await tx.delete(organizationRole).where(eq(organizationRole.id, before.id));
    return { entityId: before.id, ...roleHistory(before, null), result: undefined };
  });
  await told(work, () => name);
}

/** A change of a role with its history. */
export const change = (before: RoleRow | null, row: RoleRow): Change<RoleRow> => ({
  entityId: row.id,
  ...roleHistory(before, row),
  result: row,
});

const named = (scope: OrganizationScope, name: string) =>
  and(eq(organizationRole.organizationId, scope.organizationId), eq(organizationRole.role, name));

/** @throws 404. */
export async function findRole(db: ReadDb, scope: OrganizationScope, name: string): Promise<RoleRow> {
  const [row] = await db.select().from(organizationRole).where(named(scope, name));
  if (!row) throw notFound();
  return row;
}

/**
 * Keeps a role from changing until the transaction ends.
 *
 * @param by who changes it; null for the platform.
 * @throws 404, 403 for a role above `by`'s own.
 */
export async function lockRole(tx: ReadDb, scope: OrganizationScope, by: Giver | null, name: string): Promise<RoleRow> {
  const [row] = await tx.select().from(organizationRole).where(named(scope, name)).for("update");
  if (!row) throw notFound();
  if (by) refuseAbove(by, name, entriesOf(row));
  return row;
}
