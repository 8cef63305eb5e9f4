import type { Clock } from "../core/clock.ts";
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
  where m.user_id = $1 and ($2::text is null or m.id > $2)
    and ($4::text is null or o.name ilike $4 or o.slug ilike $4) order by m.id limit $3`;

/**
 * A user's memberships, oldest first. `after` is the last membership's id of the previous page.
 *
 * @param page.like a pattern that the organization's name or slug matches; any where it isn't given.
 */
export const listMemberships = (
  { database }: { database: Database },
  userId: string,
  page: { after: string | null; limit: number; like?: string | undefined },
): Promise<MembershipRow[]> =>
  database.statement<MembershipRow>("memberships_of_user", text, [userId, page.after, page.limit, page.like ?? null]);

const entering = `select 1 from "member" m join "organization" o on o.id = m.organization_id
  where m.organization_id = $1 and m.user_id = $2 and (o.two_factor_required_from is null or o.two_factor_required_from > $4
    or exists (select from "session" s where s.id = $3 and s.factors > 1))`;

/**
 * Whether a user is a member of an organization now, and has proven the second factor in their session where it is
 * required there.
 */
export async function mayEnter(
  { database, clock }: { database: Database; clock: Clock },
  userId: string,
  organizationId: string,
  sessionId: string,
): Promise<boolean> {
  const rows = await database.statement("may_enter", entering, [organizationId, userId, sessionId, clock()]);
  return rows.length > 0;
}
