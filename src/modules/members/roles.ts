import { z } from "zod";
import { findRoles } from "../../auth/roles.ts";
import { type Catalogue, splitRoles } from "../../core/permission.ts";
import type { OrganizationAccess } from "../../core/principal.ts";
import { Invalid, problem } from "../../core/problem.ts";
import { beyond } from "../../core/role.ts";
import type { OrganizationScope } from "../../core/scope.ts";
import type { Tx } from "../../db/client.ts";
import { sqlState } from "../../db/errors.ts";

export const RoleBeyondYours = problem("role_beyond_yours", 403, "The role is above your own");

/** One role or several, as better-auth's own routes take them: a name, names separated by commas, or a list. */
export const RoleInput = z
  .union([z.string().max(400), z.array(z.string().max(80)).max(10)])
  .transform((given) => [...new Set([given].flat().flatMap(splitRoles))])
  .refine((roles) => roles.length > 0, { error: "must name a role" })
  .refine((roles) => roles.length <= 10, { error: "must name at most 10 roles" })
  .meta({
    oneOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
    description:
      "One role, or several, built-in or the organization's own: a member's permissions are all that their roles grant and none of them denies",
    example: "member",
  });

/** Who gives or takes roles, and what there is to give. */
export type Giver = { access: OrganizationAccess; catalogue: Catalogue };

/**
 * The role column for what a client asks to grant. Read in the transaction that grants it.
 *
 * @param field the client's field that names the roles.
 * @throws 422 for a role that doesn't exist, 403 for those that grant what the giver doesn't hold.
 */
export async function grantable(
  tx: Tx,
  scope: OrganizationScope,
  by: Giver,
  wanted: readonly string[],
  field = "role",
): Promise<string> {
  const { held, unknown } = await findRoles(tx, by.catalogue, scope.organizationId, wanted);
  if (unknown.length > 0)
    throw unknownRole(field, `there is no role ${unknown.map((role) => JSON.stringify(role)).join(", ")}`);
  refuseAbove(by, held, wanted.join(","));
  return wanted.join(",");
}

/** @throws 403 when the role column holds the owner's role or a permission, and the giver doesn't. */
export async function refuseBeyond(tx: Tx, scope: OrganizationScope, by: Giver, column: string | null): Promise<void> {
  const { held } = await findRoles(tx, by.catalogue, scope.organizationId, splitRoles(column));
  refuseAbove(by, held, column ?? "");
}

function refuseAbove(by: Giver, held: Parameters<typeof beyond>[2], column: string): void {
  if (beyond(by.catalogue, by.access, held).length === 0) return;
  throw RoleBeyondYours(`The role ${column} is above your own: nobody gives or takes what they don't hold.`);
}

/** @throws 422, naming the field, where `work` fails since a role that it names isn't there, or no longer. */
export async function refuseUnknownRole<T>(work: Promise<T>, field = "role"): Promise<T> {
  try {
    return await work;
  } catch (err) {
    if (sqlState(err) !== "GH003") throw err;
    throw unknownRole(field, "names a role that isn't there", err);
  }
}

const unknownRole = (path: string, message: string, cause?: unknown) =>
  Invalid("Change the fields listed under errors.", { errors: [{ path, message }], cause });
