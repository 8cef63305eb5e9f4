import type { Database } from "../db/types.ts";

/** An organization with a user's membership of it. */
export type MembershipRow = {
  id: string;
  slug: string;
  name: string;
  logo: string | null;
  role: string;
  memberId: string;
  joinedAt: Date;
};

const text = `select o.id, o.slug, o.name, o.logo, m.role, m.id as "memberId", m.created_at as "joinedAt"
  from "member" m join "organization" o on o.id = m.organization_id
  where m.user_id = $1 and ($2::text is null or m.id > $2) order by m.id limit $3`;

/** A user's memberships, oldest first. `after` is the last membership's id of the previous page. */
export const listMemberships = (
  { database }: { database: Database },
  userId: string,
  page: { after: string | null; limit: number },
): Promise<MembershipRow[]> =>
  database.statement<MembershipRow>("memberships_of_user", text, [userId, page.after, page.limit]);

/** Whether a user is a member of an organization now. */
export async function isMember(database: Database, userId: string, organizationId: string): Promise<boolean> {
  const rows = await database.statement(
    "is_member",
    'select 1 from "member" where organization_id = $1 and user_id = $2',
    [organizationId, userId],
  );
  return rows.length > 0;
}
