import type { Catalogue, Permission } from "../../core/permission.ts";
import { Invalid } from "../../core/problem.ts";
import type { Scope } from "../../core/scope.ts";

/** Whose navigation: an organization's, or everybody's, which is the platform administrators'. */
export type Space = Scope & { readonly organizationId: string | null };

/** The value of the tables' `space`. */
export const spaceOf = ({ organizationId }: Space): string => organizationId ?? "";

/** What can be seen from here: everybody's, and the organization's own. */
export const visibleFrom = (space: Space): string[] => [...new Set(["", spaceOf(space)])];

/** The 422 about one field. */
export const invalid = (path: string, message: string, cause?: unknown) =>
  Invalid("Change the fields listed under errors.", { errors: [{ path, message }], cause });

/** @throws 422 for a permission that nobody declares. */
export function refuseUnknown(catalogue: Catalogue, permission: string | null | undefined): void {
  if (permission == null || catalogue.permissions.has(permission as Permission)) return;
  throw invalid("permission", `there is no permission ${JSON.stringify(permission)}`);
}

/** A row as it is shown. */
export const shown = <R extends { organizationId: string | null }>({ organizationId, ...row }: R) => ({
  ...row,
  shared: organizationId === null,
});
