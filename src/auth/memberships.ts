import type { Database } from "../db/client.ts";

/** An organization that a user is in, with what they are there. */
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

/** A user's memberships, the oldest first. `after` is the last membership's id of the page before. */
export const listMemberships = (
  database: Database,
  userId: string,
  page: { after: string | null; limit: number },
): Promise<MembershipRow[]> =>
  database.statement<MembershipRow>("memberships_of_user", text, [userId, page.after, page.limit]);
