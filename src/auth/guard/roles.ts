import { and, eq, inArray } from "drizzle-orm";
import { builtInRole, type Catalogue, type HeldRole } from "../../core/access/permission.ts";
import { allowingOnly, columnsOf, entriesOf, permissionsNamed } from "../../core/access/role.ts";
import type { ReadDb, Tx } from "../../db/types.ts";
import { organizationRole } from "../tables/organization.ts";

/**
 * An organization's roles by name, built-in ones included.
 *
 * @param db of the transaction that depends on them.
 * @returns those that there are, and the names of those that there aren't.
 */
export async function findRoles(
  db: ReadDb,
  catalogue: Catalogue,
  organizationId: string,
  names: readonly string[],
): Promise<{ held: HeldRole[]; unknown: string[] }> {
  const wanted = names.filter((name) => !catalogue.roles.has(name));
  const rows =
    wanted.length === 0
      ? []
      : await db
          .select()
          .from(organizationRole)
          .where(and(eq(organizationRole.organizationId, organizationId), inArray(organizationRole.role, wanted)));
  const stored = new Map(rows.map((row) => [row.role, { name: row.role, rules: entriesOf(row) }]));
  const found = names.map((name) => builtInRole(catalogue, name) ?? stored.get(name));
  return {
    held: found.filter((role) => role !== undefined),
    unknown: names.filter((_, at) => found[at] === undefined),
  };
}

type RoleRow = typeof organizationRole.$inferSelect;

/** Roles with the columns that better-auth doesn't know. */
export const wholeRoles = async (tx: ReadDb, rows: readonly { id: string }[]): Promise<RoleRow[]> =>
  rows.length === 0
    ? []
    : tx
        .select()
        .from(organizationRole)
        .where(
          inArray(
            organizationRole.id,
            rows.map(({ id }) => id),
          ),
        );

/**
 * Lets a role's rules follow what better-auth has just written: what it allows now isn't denied by an older rule.
 *
 * @param before the role as it was.
 * @returns the role as it is.
 */
export async function followPermission(tx: Tx, before: RoleRow): Promise<RoleRow> {
  const [written] = await wholeRoles(tx, [before]);
  if (!written || written.permission === before.permission) return written ?? before;
  const allowed = permissionsNamed(JSON.parse(written.permission) as Record<string, string[]>);
  const { rules } = columnsOf(allowingOnly(entriesOf(before), allowed));
  if (Bun.deepEquals(rules, written.rules)) return written;
  await tx.update(organizationRole).set({ rules }).where(eq(organizationRole.id, before.id));
  return { ...written, rules };
}
