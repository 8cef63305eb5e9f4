import { and, eq, sql } from "drizzle-orm";
import { type Catalogue, resolve, splitRoles } from "../../core/access/permission.ts";
import { beyond } from "../../core/access/role.ts";
import type { ReadDb } from "../../db/types.ts";
import { member } from "../tables/organization.ts";
import { findRoles } from "./roles.ts";

type Sent = { organizationId: string; inviterId: string; role?: string | null };

/**
 * Whether the sender of an invitation could still send it: a member who isn't banned, may invite, and holds all that
 * the invitation's roles grant.
 *
 * @param db of the transaction that accepts the invitation.
 */
export async function senderStands(
  db: ReadDb,
  catalogue: Catalogue,
  { organizationId, inviterId, role = null }: Sent,
): Promise<boolean> {
  const [sender] = await db
    .select({ role: member.role })
    .from(member)
    .where(
      and(
        eq(member.organizationId, organizationId),
        eq(member.userId, inviterId),
        sql`not guard.is_banned(${member.userId})`,
      ),
    );
  if (!sender) return false;
  const [own, given] = [splitRoles(sender.role), splitRoles(role)];
  const { held } = await findRoles(db, catalogue, organizationId, [...own, ...given]);
  const among = (names: readonly string[]) => held.filter(({ name }) => names.includes(name));
  const effective = resolve(catalogue, among(own), new Set(catalogue.modules.keys()));
  return (
    effective.permissions.has("invitation:create") &&
    beyond(catalogue, { role: sender.role, ...effective }, among(given)).length === 0
  );
}
