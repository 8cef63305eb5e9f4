import { AsyncLocalStorage } from "node:async_hooks";
import { APIError } from "better-auth/api";
import { type Catalogue, splitRoles } from "../core/permission.ts";
import { beyond, type Giver } from "../core/role.ts";
import { currentTransaction } from "./joined.ts";
import { findRoles } from "./roles.ts";

/** Who gives and takes roles through one of better-auth's routes. Nobody: a call of the service's own. */
export const giver = new AsyncLocalStorage<{ userId: string; standing: Giver }>();

const message = "The role is above your own: nobody gives or takes what they don't hold.";

/** The refusal of a role above the giver's own, as better-auth's clients read it. */
export const roleBeyondYours = { message, code: "ROLE_BEYOND_YOURS" };

/**
 * Refuses, in the transaction of the change, to give or take roles that are above the giver's own. That only an owner
 * makes and ends owners better-auth sees to itself, in words of its own.
 *
 * @param columns role columns, such as `admin,member`.
 * @throws APIError 403.
 */
export async function refuseBeyondGiver(
  catalogue: Catalogue,
  organizationId: string,
  columns: readonly string[],
): Promise<void> {
  const who = giver.getStore();
  if (who === undefined) return;
  const tx = currentTransaction();
  if (tx === undefined) throw new Error("roles are given in a transaction");
  const { held } = await findRoles(tx, catalogue, organizationId, columns.flatMap(splitRoles));
  const each = columns.map((column) => held.filter(({ name }) => splitRoles(column).includes(name)));
  if (each.some((roles) => beyond(catalogue, who.standing, roles).length > 0))
    throw new APIError("FORBIDDEN", roleBeyondYours);
}
