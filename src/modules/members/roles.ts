import { z } from "zod";
import { permissionsOf, type RolePermissions, splitRoles } from "../../core/permission.ts";
import type { OrganizationAccess } from "../../core/principal.ts";
import { Invalid, problem } from "../../core/problem.ts";

export const RoleBeyondYours = problem("role_beyond_yours", 403, "The role is above your own");

/** One role or several, as better-auth's own routes take them: a name, names separated by commas, or a list. */
export const RoleInput = z
  .union([z.string().max(400), z.array(z.string().max(80)).max(10)])
  .transform((given) => [...new Set([given].flat().flatMap(splitRoles))])
  .refine((roles) => roles.length > 0, { error: "must name a role" })
  .meta({
    oneOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
    description: "One role, or several: a member's permissions are all that their roles grant",
    example: "member",
  });

/** Whether a role column, such as `admin,member`, holds the owner's role. */
export const isOwner = (column: string | null): boolean => splitRoles(column ?? "").includes("owner");

/**
 * The role column for what a client asks to grant.
 *
 * @param roles what each role of the organization stands for.
 * @throws 422 for a role that doesn't exist, 403 for one that grants what the giver doesn't hold.
 */
export function grantable(giver: OrganizationAccess, roles: RolePermissions, wanted: readonly string[]): string {
  const unknown = wanted.filter((role) => !roles.has(role));
  if (unknown.length > 0) {
    throw Invalid("Change the fields listed under errors.", {
      errors: [{ path: "role", message: `there is no role ${unknown.map((role) => JSON.stringify(role)).join(", ")}` }],
    });
  }
  const column = wanted.join(",");
  refuseBeyond(giver, roles, column);
  return column;
}

/** @throws 403 when the role column holds the owner's role or a permission, and `who` doesn't. */
export function refuseBeyond(who: OrganizationAccess, roles: RolePermissions, column: string): void {
  const beyond = [...permissionsOf(roles, column)].filter((permission) => !who.permissions.has(permission));
  if (beyond.length === 0 && (isOwner(who.role) || !isOwner(column))) return;
  throw RoleBeyondYours(`The role ${column} is above your own: nobody gives or takes what they don't hold.`);
}
