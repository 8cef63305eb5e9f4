import { and, asc, desc, eq, gt, sql } from "drizzle-orm";
import { z } from "zod";
import { invitation, member, organization, user } from "../../auth/tables.ts";
import { isOwner } from "../../core/permission.ts";
import type { OrganizationAccess } from "../../core/principal.ts";
import { notFound, problem } from "../../core/problem.ts";
import { created, type OrganizationScope, updated } from "../../core/scope.ts";
import type { ReadDb, Tx } from "../../db/client.ts";
import { type CursorCodec, likePattern, page, pageQuery } from "../../http/pagination.ts";
import { checkMatch } from "../../http/router.ts";
import { list, timestamp } from "../../http/schemas.ts";
import { alreadyMember, type Giver, grantable, refuseBeyond, refuseUnknownRole, RoleInput } from "../members/index.ts";

export const AlreadyInvited = problem("already_invited", 409, "Already invited");
export const Closed = problem("invitation_closed", 409, "The invitation is no longer open");

/** How long an invitation can be accepted, as in better-auth. */
const lifetimeMs = 48 * 3600 * 1000;

const statuses = ["pending", "accepted", "rejected", "canceled"] as const;

export const Invitation = z
  .object({
    id: z.string(),
    email: z.string(),
    role: z.string().nullable().meta({ description: "One role, or several separated by commas", example: "member" }),
    status: z.enum(statuses),
    inviterId: z.string(),
    expiresAt: timestamp().meta({ description: "A pending invitation can be accepted until then" }),
    createdAt: timestamp(),
  })
  .meta({ id: "Invitation" });

export const InvitationList = list(Invitation, "InvitationList");

export const NewInvitation = z
  .object({
    email: z.string().trim().toLowerCase().max(254).pipe(z.email()),
    role: RoleInput.optional().meta({ description: "The organization's default role where it isn't given" }),
  })
  .meta({ id: "NewInvitation" });

export const InvitationQuery = z.object({
  ...pageQuery,
  q: z.string().trim().max(254).optional().meta({ description: "A part of the address" }),
  status: z.enum(statuses).optional(),
  sort: z.enum(["-createdAt", "createdAt"]).default("-createdAt"),
});

export type InvitationRow = Omit<typeof invitation.$inferSelect, "status"> & { status: (typeof statuses)[number] };

/** One page of the organization's invitations, by keyset. */
export async function listInvitations(
  scope: OrganizationScope,
  access: OrganizationAccess,
  query: z.infer<typeof InvitationQuery>,
  cursors: CursorCodec,
) {
  const { limit, sort, q, status } = query;
  const name = `invitations:${sort}`;
  const down = sort.startsWith("-");
  const after = query.cursor ? cursors.decode(name, query.cursor) : null;
  const { createdAt, id } = invitation;
  const rows = await scope.db
    .select()
    .from(invitation)
    .where(
      and(
        visible(scope, access),
        status ? eq(invitation.status, status) : undefined,
        q ? sql`${invitation.email} ilike ${likePattern(q)}` : undefined,
        after
          ? sql`(${createdAt}, ${id}) ${sql.raw(down ? "<" : ">")} (${after[0]}::timestamptz, ${after[1]})`
          : undefined,
      ),
    )
    .orderBy(...(down ? [desc(createdAt), desc(id)] : [asc(createdAt), asc(id)]))
    .limit(limit + 1);
  return page(rows as InvitationRow[], limit, (row) => cursors.encode(name, [row.createdAt.toISOString(), row.id]));
}

/** @throws 404 also for one to a role that its reader doesn't hold: its id is the link. */
export async function getInvitation(
  scope: OrganizationScope,
  access: OrganizationAccess,
  id: string,
): Promise<InvitationRow> {
  const [row] = await scope.db
    .select()
    .from(invitation)
    .where(and(visible(scope, access), eq(invitation.id, id)));
  if (!row) throw notFound();
  return row as InvitationRow;
}

/**
 * Invites an address. The caller mails it once this has resolved.
 *
 * @throws 403 for a role above the inviter's, 409 for who is a member or has an open invitation, 422 for no such role.
 */
export function createInvitation(
  scope: OrganizationScope,
  by: Giver & { inviterId: string },
  input: z.infer<typeof NewInvitation>,
): Promise<InvitationRow> {
  const now = scope.now();
  const work = scope.mutate("invitation.created", async (tx) => {
    // Two invitations of one address wait for one another here, so the second one sees the first.
    const [place] = await tx
      .select({ defaultRole: organization.defaultRole })
      .from(organization)
      .where(eq(organization.id, scope.organizationId))
      .for("no key update");
    if (!place) throw notFound();
    const role = await grantable(tx, scope, by, input.role ?? [place.defaultRole]);
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
    return created(row as InvitationRow);
  });
  return refuseUnknownRole(work);
}

/** Opens a pending invitation anew, for its whole lifetime. @throws 403, 404, 409 where it is closed. */
export function renewInvitation(scope: OrganizationScope, by: Giver, id: string): Promise<InvitationRow> {
  return scope.mutate("invitation.resent", async (tx) => {
    const before = await locked(tx, scope, by.access, id);
    await refuseBeyond(tx, scope, by, before.role);
    refuseClosed(before);
    await refuseMember(tx, scope, before.email);
    const expiresAt = new Date(scope.now().getTime() + lifetimeMs);
    await tx.update(invitation).set({ expiresAt }).where(eq(invitation.id, id));
    return updated(before, { ...before, expiresAt });
  });
}

/** Takes a pending invitation back. @throws 404, 409 where it is closed, 412. */
export function cancelInvitation(
  scope: OrganizationScope,
  by: Giver,
  id: string,
  ifMatch: string | undefined,
): Promise<InvitationRow> {
  return scope.mutate("invitation.canceled", async (tx) => {
    const before = await locked(tx, scope, by.access, id);
    checkMatch(ifMatch, Invitation, before);
    refuseClosed(before);
    return updated(before, await close(tx, before, "canceled"));
  });
}

/** Ends a pending invitation, which its caller has locked. */
export async function close<Status extends InvitationRow["status"]>(tx: Tx, row: InvitationRow, status: Status) {
  await tx.update(invitation).set({ status }).where(eq(invitation.id, row.id));
  return { ...row, status };
}

/** @throws 409 unless the invitation is pending and, where `now` is given, hasn't expired. */
export function refuseClosed(row: InvitationRow, now?: Date): void {
  if (row.status !== "pending") throw Closed(`The invitation was ${row.status}.`);
  if (now && row.expiresAt <= now) throw Closed("The invitation has expired. Ask for a new one.");
}

const visible = (scope: OrganizationScope, access: OrganizationAccess) =>
  and(
    eq(invitation.organizationId, scope.organizationId),
    isOwner(access.role) ? undefined : sql`not 'owner' = any(string_to_array(coalesce(${invitation.role}, ''), ','))`,
  );

async function locked(tx: ReadDb, scope: OrganizationScope, access: OrganizationAccess, id: string) {
  const [row] = await tx
    .select()
    .from(invitation)
    .where(and(visible(scope, access), eq(invitation.id, id)))
    .for("update");
  if (!row) throw notFound();
  return row as InvitationRow;
}

async function refuseMember(tx: ReadDb, scope: OrganizationScope, email: string): Promise<void> {
  const [row] = await tx
    .select({ id: member.id })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(and(eq(member.organizationId, scope.organizationId), eq(user.email, email)));
  if (row) throw alreadyMember();
}
