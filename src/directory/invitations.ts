import type { Database } from "../db/types.ts";

/** An invitation with its organization and its sender, as the invited person sees it. */
export type ReceivedInvitationRow = {
  id: string;
  email: string;
  role: string | null;
  status: "pending" | "accepted" | "rejected" | "canceled";
  inviterId: string;
  expiresAt: Date;
  createdAt: Date;
  inviter: { id: string; name: string };
  organization: { id: string; name: string; slug: string };
};

// As the owner: row-level security goes by organization, and an invited person isn't in one yet. The address bounds
// these statements.
const received = `select i.id, i.email, i.role, i.status, i.inviter_id as "inviterId", i.expires_at as "expiresAt",
    i.created_at as "createdAt", json_build_object('id', u.id, 'name', u.name) as inviter,
    json_build_object('id', o.id, 'name', o.name, 'slug', o.slug) as organization
  from "invitation" i join "organization" o on o.id = i.organization_id join "user" u on u.id = i.inviter_id
  where i.email = $1 and ($2::timestamptz is null or (i.status = 'pending' and i.expires_at > $2))
    and ($3::timestamptz is null or (i.created_at, i.id) < ($3::timestamptz, $4::text))
  order by i.created_at desc, i.id desc limit $5`;

type Ports = { database: Database };

/**
 * The invitations to an address, newest first.
 *
 * @param email in lower case. The caller has made sure that it is verified.
 * @param page.openAt leaves out those that aren't open at this instant; null lists all of them.
 * @param page.after the creation (RFC 3339) and id of the last invitation of the previous page.
 */
export const listInvitations = (
  { database }: Ports,
  email: string,
  page: { openAt: Date | null; after: readonly [createdAt: string, id: string] | null; limit: number },
): Promise<ReceivedInvitationRow[]> =>
  database.statement<ReceivedInvitationRow>("my_invitations", received, [
    email,
    page.openAt,
    page.after?.[0] ?? null,
    page.after?.[1] ?? null,
    page.limit,
  ]);

const place = `select organization_id as "organizationId" from "invitation" where id = $1 and email = $2`;

/**
 * The organization of an invitation to an address, open or closed. Null where there is no such invitation.
 *
 * @param email in lower case. The caller has made sure that it is verified.
 */
export async function findInvitation(
  { database }: Ports,
  email: string,
  id: string,
): Promise<{ organizationId: string } | null> {
  const [row] = await database.statement<{ organizationId: string }>("invited_to", place, [id, email]);
  return row ?? null;
}
