import { and, eq, inArray } from "drizzle-orm";
import { builtInRole, type Catalogue, type HeldRole } from "../core/permission.ts";
import { entriesOf } from "../core/role.ts";
import type { ReadDb } from "../db/client.ts";
import { organizationRole } from "./tables.ts";

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
