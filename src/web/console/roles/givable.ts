import { isOwner, type Permission, splitRoles } from "../../../core/access/permission.ts";
import { holds } from "../../../core/access/role.ts";
import type { Page, Wire, WirePage } from "../../../http/page.ts";
import type { Role } from "../../../modules/organization/roles/index.ts";
import { organizationOf } from "../../kit/organization.ts";

export type WireRole = Wire<Role>;

/** Pages of a hundred roles that are read for a form. */
const mostPages = 5;

/** The organization's roles for a form, built-in ones first; none for who may not see them. */
export async function rolesFor(page: Page): Promise<WireRole[]> {
  if (!page.may("role:read")) return [];
  const roles: WireRole[] = [];
  let cursor: string | undefined;
  for (let read = 0; read < mostPages; read++) {
    const query = { limit: 100, cursor };
    const { data, nextCursor } = await page.api.get<WirePage<Role>>(organizationOf(page).api("/roles"), query);
    roles.push(...data);
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return roles;
}

/** Whether the viewer may give or take a role: they hold all that it grants, and an owner's only as an owner. */
export function mayGive({ organization }: Page, { name, permissions }: WireRole): boolean {
  if (organization === null) return false;
  if (isOwner(organization.role)) return true;
  if (name === "owner") return false;
  return permissions.every(
    ({ permission, effect, scope }) => effect === "deny" || holds(organization, permission as Permission, scope),
  );
}

/** The first role of a role column that the viewer may not take; undefined where they may take them all. */
export const beyondViewer = (page: Page, roles: readonly WireRole[], column: string | null): string | undefined =>
  splitRoles(column).find((name) => !roles.some((role) => role.name === name && mayGive(page, role)));
