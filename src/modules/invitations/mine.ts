import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { invitation, organization } from "../../auth/tables.ts";
import type { UserPrincipal } from "../../core/principal.ts";
import { notFound, problem } from "../../core/problem.ts";
import { type OrganizationScope, updated } from "../../core/scope.ts";
import type { Database, ReadDb } from "../../db/client.ts";
import { type CursorCodec, page, pageQuery } from "../../http/pagination.ts";
import { list, timestamp } from "../../http/schemas.ts";
import { addMember, type Joining } from "../members/index.ts";
import { close, Invitation, type InvitationRow, refuseClosed } from "./invitations.ts";

export const EmailUnverified = problem("email_unverified", 403, "The address isn't verified");

export const MyInvitation = Invitation.extend({
  organization: z.object({ id: z.string(), name: z.string(), slug: z.string() }),
  inviter: z.object({ id: z.string(), name: z.string() }),
}).meta({ id: "MyInvitation" });

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

// Asked as the owner: row-level security goes by organization, and who is invited isn't in one yet. What bounds these
// is the address, which is proven to be theirs before they are asked.
const pending = `select i.id, i.email, i.role, i.status, i.inviter_id as "inviterId", i.expires_at as "expiresAt",
    i.created_at as "createdAt", json_build_object('id', u.id, 'name', u.name) as inviter,
    json_build_object('id', o.id, 'name', o.name, 'slug', o.slug) as organization
  from "invitation" i join "organization" o on o.id = i.organization_id join "user" u on u.id = i.inviter_id
  where i.email = $1 and i.status = 'pending' and i.expires_at > $2
    and ($3::timestamptz is null or (i.created_at, i.id) < ($3::timestamptz, $4::text))
  order by i.created_at desc, i.id desc limit $5`;
const place = `select organization_id from "invitation" where id = $1 and email = $2`;

/** One page of the open invitations to the person's address, newest first. @throws 403 for an unverified address. */
export async function myInvitations(
  ports: { database: Database; now: Date; cursors: CursorCodec },
  principal: UserPrincipal,
  query: z.infer<typeof MyInvitationQuery>,
) {
  const email = provenAddress(principal);
  const [createdAt = null, id = null] = query.cursor ? ports.cursors.decode("my-invitations", query.cursor) : [];
  const values = [email, ports.now, createdAt, id, query.limit + 1];
  const rows = await ports.database.statement<z.input<typeof MyInvitation> & { createdAt: Date }>(
    "my_invitations",
    pending,
    values,
  );
  return page(rows, query.limit, (row) =>
    ports.cursors.encode("my-invitations", [row.createdAt.toISOString(), row.id]),
  );
}

/**
 * The organization that an invitation to this person is to.
 *
 * @throws 403 for an unverified address, 404 for an invitation that is absent or somebody else's.
 */
export async function invitedTo(database: Database, principal: UserPrincipal, id: string): Promise<string> {
  const email = provenAddress(principal);
  const [row] = await database.statement<{ organization_id: string }>("invited_to", place, [id, email]);
  if (!row) throw notFound();
  return row.organization_id;
}

/**
 * Makes the invited person a member: once, however often and at once it is tried.
 *
 * @param scope the organization's, which `invitedTo` named.
 * @throws 404, 409 where the invitation is closed or has expired, or they are a member already.
 */
export function acceptInvitation(
  scope: OrganizationScope,
  principal: UserPrincipal,
  id: string,
  by: Omit<Joining, "actor">,
) {
  const now = scope.now();
  return scope.mutate("invitation.accepted", async (tx) => {
    const before = await locked(tx, scope, principal, id);
    refuseClosed(before, now);
    const after = await close(tx, before, "accepted");
    const { organizationId } = before;
    const role = before.role ?? (await defaultRole(tx, organizationId));
    const joining = { organizationId, userId: principal.id, role, createdAt: now };
    const member = await addMember(tx, joining, { ...by, actor: scope.actor });
    return { ...updated(before, after), result: { invitation: after, member } };
  });
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

/** Turns an invitation down. @throws 404, 409 where it is closed. */
export function rejectInvitation(
  scope: OrganizationScope,
  principal: UserPrincipal,
  id: string,
): Promise<InvitationRow> {
  return scope.mutate("invitation.rejected", async (tx) => {
    const before = await locked(tx, scope, principal, id);
    refuseClosed(before);
    return updated(before, await close(tx, before, "rejected"));
  });
}

/** The address as invitations hold it. @throws 403 unless it has been proven to be the person's. */
function provenAddress(principal: UserPrincipal): string {
  if (principal.emailVerified) return principal.email.toLowerCase();
  throw EmailUnverified("Invitations are for who can read the address's mail. Verify your address first.");
}

async function locked(tx: ReadDb, scope: OrganizationScope, principal: UserPrincipal, id: string) {
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
