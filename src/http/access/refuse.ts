import type { Permission } from "../../core/access/permission.ts";
import type { OrganizationAccess } from "../../core/principal.ts";
import { Forbidden, type Problem, problem } from "../../core/problem.ts";

export const NoActiveOrganization = problem("no_active_organization", 400, "No active organization");
export const EntitlementRequired = problem("entitlement_required", 403, "Not among the organization's modules");
export const KeyRequired = problem("api_key_required", 403, "For services only");

/** @throws 403, naming the permission, unless it is held on the whole organization. */
export function requirePermission(organization: OrganizationAccess, permission: Permission): void {
  if (!organization.permissions.has(permission)) throw denied(organization, permission);
}

/** The 403 for a permission that isn't held: the organization isn't entitled to it, or no role grants it. */
export function denied(organization: OrganizationAccess, permission: Permission): Problem {
  if (organization.unentitled.has(permission)) {
    return EntitlementRequired(
      `The permission ${permission} belongs to a module that the organization isn't entitled to.`,
    );
  }
  if (organization.own.has(permission))
    return Forbidden(`This needs the permission ${permission}, which you hold for what is your own only.`);
  const why = organization.role === null ? "this key doesn't hold" : `your role ${organization.role} doesn't grant`;
  return Forbidden(`This needs the permission ${permission}, which ${why}.`);
}
