import type { Catalogue, Permission } from "../../../core/access/permission.ts";
import { invalidField } from "../../../core/problem.ts";
import type { Scope } from "../../../core/scope.ts";

/** A scope of navigation: one organization's, or, without an organization, what all organizations share. */
export type NavigationScope = Scope & { readonly organizationId?: string };

/** The `audience` of the rows that this scope writes. */
export const audienceOf = ({ organizationId }: NavigationScope): string => organizationId ?? "";

/** The audiences that can be seen from this scope: the shared one, and the organization's own. */
export const visibleFrom = (scope: NavigationScope): string[] => [...new Set(["", audienceOf(scope)])];

/** @throws 422 for a permission that no module declares. */
export function refuseUndeclared(catalogue: Catalogue, permission: string | null | undefined): void {
  if (permission == null || catalogue.permissions.has(permission as Permission)) return;
  throw invalidField("permission", `there is no permission ${JSON.stringify(permission)}`);
}

/** A row as the API sends it: `shared` in place of the organization's id. */
export const withShared = <R extends { organizationId: string | null }>({ organizationId, ...row }: R) => ({
  ...row,
  shared: organizationId === null,
});
