import { and, eq, gt } from "drizzle-orm";
import type { z } from "zod";
import { user } from "../../../auth/tables/identity.ts";
import { invitation, member, organization } from "../../../auth/tables/organization.ts";
import { isOwner } from "../../../core/access/permission.ts";
import { notFound, problem } from "../../../core/problem.ts";
import { created, type OrganizationScope, updated } from "../../../core/scope.ts";
import type { ReadDb, Tx } from "../../../db/types.ts";
import { opensMinutes } from "../../../mail/letter.ts";
import { alreadyMember } from "../members/index.ts";
import { grantableRoles, refuseBeyond, type RoleGrantor, unknownRole } from "../roles/index.ts";
import { lockInvitation, refuseClosed, refuseWorthless } from "./invitations.ts";
import { Invitation, type InvitationRow, type NewInvitation } from "./schemas.ts";

export const AlreadyInvited = problem("already_invited", 409, "Already invited");

/** How long an invitation can be accepted, as in better-auth. */
const lifetimeMs = opensMinutes.invitation * 60_000;

/** Tells who is invited, in the invitation's own transaction. */
export type Tell = (tx: Tx, row: InvitationRow) => Promise<void>;

/**
 * Invites an address.
 *
 * @param by the sender, who is a user.
 * @throws 403 for a role above the sender's, 409 for a member or an open invitation, 422 for a role that doesn't exist.
 */
export function createInvitation(
  scope: OrganizationScope,
  by: RoleGrantor & { inviterId: string },
  input: z.infer<typeof NewInvitation>,
  tell: Tell,
): Promise<InvitationRow> {
  const now = scope.now();
  return scope.mutate(
    "invitation.created",
    async (tx) => {
      // Locks the organization, so that of two invitations to one address the second sees the first.
      const [target] = await tx
        .select({ defaultRole: organization.defaultRole })
        .from(organization)
        .where(eq(organization.id, scope.organizationId))
        .for("no key update");
      if (!target) throw notFound();
      const role = await grantableRoles(tx, scope, by, input.role ?? [target.defaultRole]);
      await refuseMember(tx, scope, input.email);
      const open = and(
        eq(invitation.email, input.email),
        eq(invitation.status, "pending"),
        gt(invitation.expiresAt, now),
      );
      if ((await tx.$count(invitation, and(eq(invitation.organizationId, scope.organizationId), open))) > 0) {
        throw AlreadyInvited("This address has an invitation that is still open. Resend or cancel that one.");
      }
      const [row] = await tx
        .insert(invitation)
        .values({
          id: Bun.randomUUIDv7(),
          organizationId: scope.organizationId,
          email: input.email,
          role,
          status: "pending",
          inviterId: by.inviterId,
          expiresAt: new Date(now.getTime() + lifetimeMs),
          createdAt: now,
        })
        .returning();
      await tell(tx, row as InvitationRow);
      return created(row as InvitationRow);
    },
    unknownRole(),
  );
}

/**
 * Gives a pending invitation its whole lifetime again. A user who sends it again becomes its sender; an API key can
 * send again only what its sender could send now.
 *
 * @throws 403 for a role above `by`'s own, 404, 409 where it is closed or its sender can't give the role, 412.
 */
export function renewInvitation(
  scope: OrganizationScope,
  by: RoleGrantor,
  id: string,
  tell: Tell,
): Promise<InvitationRow> {
  return scope.mutate("invitation.resent", async (tx, hold) => {
    const before = await lockInvitation(tx, scope, by.access, id);
    await refuseBeyond(tx, scope, by, before.role);
    if (isOwner(before.role)) by.requireFresh();
    const held = hold(before, Invitation);
    refuseClosed(before);
    await refuseMember(tx, scope, before.email);
    if (scope.userId === null) await refuseWorthless(tx, by.catalogue, before);
    const inviterId = scope.userId ?? before.inviterId;
    const expiresAt = new Date(scope.now().getTime() + lifetimeMs);
    await tx.update(invitation).set({ inviterId, expiresAt }).where(eq(invitation.id, id));
    await tell(tx, { ...before, inviterId, expiresAt });
    return updated(held, { ...before, inviterId, expiresAt });
  });
}

async function refuseMember(tx: ReadDb, scope: OrganizationScope, email: string): Promise<void> {
  const [row] = await tx
    .select({ id: member.id })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(and(eq(member.organizationId, scope.organizationId), eq(user.email, email)));
  if (row) throw alreadyMember();
}
