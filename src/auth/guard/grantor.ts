import { APIError } from "better-auth/api";
import { type Catalogue, splitRoles } from "../../core/access/permission.ts";
import { beyond } from "../../core/access/role.ts";
import { authCall, currentTransaction } from "../store/auth-call.ts";
import { findRoles } from "./roles.ts";

const message = "The role is above your own: nobody gives or takes what they don't hold.";

/** Refuses a role above the caller's own, in the form that better-auth's clients read. */
export const roleBeyondYours = { message, code: "ROLE_BEYOND_YOURS" };

/**
 * Refuses, in the transaction of the change, to grant or revoke roles above the caller's own. better-auth itself
 * refuses that anyone but an owner changes owners. Our own calls have no grantor and aren't checked.
 *
 * @param columns role columns, such as `admin,member`.
 * @throws APIError 403.
 */
export async function refuseBeyondGrantor(
  catalogue: Catalogue,
  organizationId: string,
  columns: readonly string[],
): Promise<void> {
  const who = authCall()?.grantor;
  if (who === undefined) return;
  const tx = currentTransaction();
  if (tx === undefined) throw new Error("roles are given in a transaction");
  const { held } = await findRoles(tx, catalogue, organizationId, columns.flatMap(splitRoles));
  const each = columns.map((column) => held.filter(({ name }) => splitRoles(column).includes(name)));
  if (each.some((roles) => beyond(catalogue, who.standing, roles).length > 0))
    throw new APIError("FORBIDDEN", roleBeyondYours);
}
