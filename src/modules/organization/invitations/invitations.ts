import { and, eq, getTableColumns, sql } from "drizzle-orm";
import type { z } from "zod";
import { senderStands } from "../../../auth/guard/sender.ts";
import { user } from "../../../auth/tables/identity.ts";
import { invitation } from "../../../auth/tables/organization.ts";
import { type Catalogue, isOwner } from "../../../core/access/permission.ts";
import { likePattern, orderOf } from "../../../core/page.ts";
import type { OrganizationAccess } from "../../../core/principal.ts";
import { notFound, problem } from "../../../core/problem.ts";
import { type OrganizationScope, updated } from "../../../core/scope.ts";
import { paged } from "../../../db/schema/paged.ts";
import type { ReadDb, Tx } from "../../../db/types.ts";
import { refuseBeyond, type RoleManager } from "../roles/index.ts";
import { Invitation, type InvitationQuery, type InvitationRow } from "./schemas.ts";

export const Closed = problem("invitation_closed", 409, "The invitation is no longer open");

type SentInvitationRow = InvitationRow & { inviter: { id: string; name: string } };

const columns = { ...getTableColumns(invitation), inviter: { id: user.id, name: user.name } };

/** One page of the organization's invitations that the caller may see, by keyset. */
export function listInvitations(
  scope: OrganizationScope,
  access: OrganizationAccess,
  query: z.infer<typeof InvitationQuery>,
) {
  const { sort, q, status } = query;
  const order = { list: "invitations", table: invitation, ...orderOf(sort) };
  return paged(scope, order, query, async ({ after, orderBy, limit }) => {
    const rows = await scope.db
      .select(columns)
      .from(invitation)
      .innerJoin(user, eq(user.id, invitation.inviterId))
      .where(
        and(
          visibleTo(scope, access),
          status ? eq(invitation.status, status) : undefined,
          q ? sql`${invitation.email} ilike ${likePattern(q)}` : undefined,
          after,
        ),
      )
      .orderBy(...orderBy)
      .limit(limit);
    return rows as SentInvitationRow[];
  });
}

/** @throws 404, also for an invitation to a role that the caller doesn't hold: its id is the link. */
export async function getInvitation(
  scope: OrganizationScope,
  access: OrganizationAccess,
  id: string,
): Promise<SentInvitationRow> {
  const [row] = await scope.db
    .select(columns)
    .from(invitation)
    .innerJoin(user, eq(user.id, invitation.inviterId))
    .where(and(visibleTo(scope, access), eq(invitation.id, id)));
  if (!row) throw notFound();
  return row as SentInvitationRow;
}

/** Cancels a pending invitation. @throws 403 for one to a role above `by`'s own, 404, 409 where it is closed, 412. */
export function cancelInvitation(scope: OrganizationScope, by: RoleManager, id: string): Promise<InvitationRow> {
  return scope.mutate("invitation.canceled", async (tx, hold) => {
    const before = await lockInvitation(tx, scope, by.access, id);
    await refuseBeyond(tx, scope, by, before.role);
    const held = hold(before, Invitation);
    refuseClosed(before);
    return updated(held, await close(tx, before, "canceled"));
  });
}

/** Sets the status of a pending invitation that the caller has locked. @returns the row as it is now. */
export async function close<Status extends InvitationRow["status"]>(tx: Tx, row: InvitationRow, status: Status) {
  await tx.update(invitation).set({ status }).where(eq(invitation.id, row.id));
  return { ...row, status };
}

/** @throws 409 unless the invitation is pending and, where `now` is given, hasn't expired. */
export function refuseClosed(row: InvitationRow, now?: Date): void {
  if (row.status !== "pending") throw Closed(`The invitation was ${row.status}.`);
  if (now && row.expiresAt <= now) throw Closed("The invitation has expired. Ask for a new one.");
}

/** @throws 409 where the sender has left, is banned, or may no longer invite to these roles. */
export async function refuseWorthless(tx: ReadDb, catalogue: Catalogue, row: InvitationRow): Promise<void> {
  if (await senderStands(tx, catalogue, row)) return;
  throw Closed("Its sender may no longer invite to this role. Ask for a new one.");
}

const visibleTo = (scope: OrganizationScope, access: OrganizationAccess) =>
  and(
    eq(invitation.organizationId, scope.organizationId),
    isOwner(access.role) ? undefined : sql`not 'owner' = any(string_to_array(coalesce(${invitation.role}, ''), ','))`,
  );

/** Locks an invitation until the transaction ends. @throws 404. */
export async function lockInvitation(
  tx: ReadDb,
  scope: OrganizationScope,
  access: OrganizationAccess,
  id: string,
): Promise<InvitationRow> {
  const [row] = await tx
    .select()
    .from(invitation)
    .where(and(visibleTo(scope, access), eq(invitation.id, id)))
    .for("update");
  if (!row) throw notFound();
  return row as InvitationRow;
}
