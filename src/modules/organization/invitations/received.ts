import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { invitation, organization } from "../../../auth/tables/organization.ts";
import type { Catalogue } from "../../../core/access/permission.ts";
import type { UserPrincipal } from "../../../core/principal.ts";
import { notFound, problem } from "../../../core/problem.ts";
import { type OrganizationScope, type Scope, updated } from "../../../core/scope.ts";
import type { ReadDb } from "../../../db/types.ts";
import type { Directory } from "../../../directory/directory.ts";
import { page, pageQuery } from "../../../core/page.ts";
import { list, timestamp } from "../../../http/schemas.ts";
import { addMember, alreadyMember, type AuditContext } from "../members/index.ts";
import { close, refuseClosed, refuseWorthless } from "./invitations.ts";
import { Invitation, type InvitationRow } from "./schemas.ts";

export const EmailUnverified = problem("email_unverified", 403, "The address isn't verified");

export const MyInvitation = Invitation.extend({
  organization: z.object({ id: z.string(), name: z.string(), slug: z.string() }),
  inviter: z.object({ id: z.string(), name: z.string() }),
}).meta({ id: "MyInvitation" });

export type MyInvitation = z.infer<typeof MyInvitation>;

export const MyInvitationList = list(MyInvitation, "MyInvitationList");
export const MyInvitationQuery = z.object(pageQuery);

export const Accepted = z
  .object({
    invitation: Invitation,
    member: z.object({
      id: z.string(),
      organizationId: z.string(),
      userId: z.string(),
      role: z.string(),
      createdAt: timestamp(),
    }),
  })
  .meta({ id: "AcceptedInvitation" });

/** One page of the open invitations to the person's address, newest first. @throws 403 for an unverified address. */
export async function myInvitations(
  { cursors, now }: Scope,
  directory: Pick<Directory, "listInvitations">,
  principal: UserPrincipal,
  { cursor, limit }: z.infer<typeof MyInvitationQuery>,
) {
  const email = provenAddress(principal);
  const [createdAt, id] = cursor ? cursors.decode("my-invitations", cursor) : [];
  const after = createdAt !== undefined && id !== undefined ? ([createdAt, id] as const) : null;
  const rows = await directory.listInvitations(email, { openAt: now(), after, limit: limit + 1 });
  return page(rows, limit, (row) => cursors.encode("my-invitations", [row.createdAt.toISOString(), row.id]));
}

/**
 * The id of the organization of an invitation to this person.
 *
 * @throws 403 for an unverified address, 404 for an invitation that is absent or another person's.
 */
export async function invitedTo(
  directory: Pick<Directory, "findInvitation">,
  principal: UserPrincipal,
  id: string,
): Promise<string> {
  const row = await directory.findInvitation(provenAddress(principal), id);
  if (row === null) throw notFound();
  return row.organizationId;
}

/**
 * Makes the invited person a member. Repeated and concurrent calls make them one once.
 *
 * @param scope the organization's, which `invitedTo` named.
 * @throws 404, 409 where the invitation is closed, has expired or is no longer its sender's to give, and where they are a
 * member already, 412.
 */
export function acceptInvitation(
  scope: OrganizationScope,
  principal: UserPrincipal,
  id: string,
  by: Omit<AuditContext, "actor"> & { catalogue: Catalogue },
) {
  const now = scope.now();
  return scope.mutate(
    "invitation.accepted",
    async (tx, hold) => {
      const before = hold(await lock(tx, scope, principal, id), Invitation);
      refuseClosed(before, now);
      await refuseWorthless(tx, by.catalogue, before);
      const after = await close(tx, before, "accepted");
      const { organizationId } = before;
      const role = before.role ?? (await defaultRole(tx, organizationId));
      const values = { organizationId, userId: principal.id, role, createdAt: now };
      const member = await addMember(tx, values, { ...by, actor: scope.actor });
      return { ...updated(before, after), result: { invitation: after, member } };
    },
    { member_organization_user_unique: alreadyMember },
  );
}

/** better-auth's routes can leave an invitation without a role. */
async function defaultRole(tx: ReadDb, organizationId: string): Promise<string> {
  const [row] = await tx
    .select({ role: organization.defaultRole })
    .from(organization)
    .where(eq(organization.id, organizationId));
  if (!row) throw notFound();
  return row.role;
}

/** Declines an invitation. @throws 404, 409 where it is closed, 412. */
export function rejectInvitation(
  scope: OrganizationScope,
  principal: UserPrincipal,
  id: string,
): Promise<InvitationRow> {
  return scope.mutate("invitation.rejected", async (tx, hold) => {
    const before = hold(await lock(tx, scope, principal, id), Invitation);
    refuseClosed(before);
    return updated(before, await close(tx, before, "rejected"));
  });
}

/** The person's address as invitations hold it. @throws 403 unless it is verified. */
function provenAddress(principal: UserPrincipal): string {
  if (principal.emailVerified) return principal.email.toLowerCase();
  throw EmailUnverified(
    "Only someone who can read the address's mail can see its invitations. Verify your address first.",
  );
}

async function lock(tx: ReadDb, scope: OrganizationScope, principal: UserPrincipal, id: string) {
  // The organization first, as its deletion does, so that the two can't wait for each other.
  const { organizationId } = scope;
  await tx
    .select({ id: organization.id })
    .from(organization)
    .where(eq(organization.id, organizationId))
    .for("key share");
  const [row] = await tx
    .select()
    .from(invitation)
    .where(
      and(
        eq(invitation.organizationId, organizationId),
        eq(invitation.id, id),
        eq(invitation.email, provenAddress(principal)),
      ),
    )
    .for("update");
  if (!row) throw notFound();
  return row as InvitationRow;
}
