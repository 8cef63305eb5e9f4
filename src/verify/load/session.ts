import { lacksSecondFactor } from "../../core/assurance.ts";
import type { Clock } from "../../core/clock.ts";
import type { Catalogue, Effective } from "../../core/access/permission.ts";
import type { OrganizationSelector, Verified } from "../../core/principal.ts";
import type { Database } from "../../db/types.ts";
import { batched } from "../../db/batch.ts";
import { instant, listed, lookup, milliseconds, type Row } from "./sql.ts";
import { holdingNothing, standingResolver } from "./effective.ts";
import { noStanding, standingColumn } from "./standing-text.ts";

type Question = { token: string; selector: OrganizationSelector };

type Found = {
  i: number;
  session_id: string;
  expires_at: number;
  active_organization_id: string | null;
  impersonated_by: string | null;
  factors: number;
  authenticated_at: number;
  id: string;
  email: string;
  email_verified: boolean;
  is_anonymous: boolean;
  name: string;
  image: string | null;
  created_at: number;
  role: string | null;
  member_id: string | null;
  member_role: string;
  organization_id: string;
  organization_slug: string;
  organization_name: string;
  two_factor_from: number | null;
};

// The limit has the membership looked up by both of its columns; a join may read all that a person has, of which there
// can be thousands. A ban that better-auth's routes make ends the sessions; one made by SQL must count all the same.
const text = lookup({
  columns: `q.i::int as i, s.id as session_id, ${milliseconds("s.expires_at")} as expires_at, s.active_organization_id, s.impersonated_by,
    s.factors, ${milliseconds("coalesce(s.authenticated_at, s.created_at)")} as authenticated_at,
    u.id, u.email, u.email_verified, coalesce(u.is_anonymous, false) as is_anonymous, u.name, u.image, ${milliseconds("u.created_at")} as created_at, u.role,
    m.id as member_id, m.role as member_role, o.id as organization_id, o.slug as organization_slug, o.name as organization_name,
    ${milliseconds("o.two_factor_required_from")} as two_factor_from`,
  standing: standingColumn("o", "m"),
  from: `unnest(string_to_array($1, ','), string_to_array($2, ','), string_to_array($3, ',')) with ordinality as q(token, selected_by, selected, i)
  join "session" s on s.token = q.token and s.expires_at > $4
  join "user" u on u.id = s.user_id
    and not (coalesce(u.banned, false) and (u.ban_expires is null or u.ban_expires > $4))
  left join lateral (
    select id, slug, name, two_factor_required_from from "organization" where q.selected_by = 'id' and id = q.selected
    union all select id, slug, name, two_factor_required_from from "organization" where q.selected_by = 'slug' and slug = q.selected
    union all select id, slug, name, two_factor_required_from from "organization" where q.selected_by = 'current' and id = s.active_organization_id
  ) o on true
  left join lateral (select id, role from "member" where organization_id = o.id and user_id = s.user_id limit 1) m on true`,
});

/** Loads who a session stands for. Null: there is no such session, it has expired, or its user is banned. */
export type LoadSession = (question: Question) => Promise<Verified | null>;

type Ports = { database: Database; catalogue: Catalogue; clock: Clock; timeoutMs: number };

/**
 * Session, user, organization, membership and role in one prepared statement, which lookups that arrive together
 * share. Reads only: a session is never extended here. Rejects when it takes longer than `timeoutMs` milliseconds.
 */
export function sessionLoader(ports: Ports): LoadSession {
  const resolve = standingResolver(ports.catalogue);
  const find = batched<Question, Row<Found> | undefined>(
    async (questions) => {
      const rows = await ports.database.statement<Row<Found>>(
        "verify_session",
        text,
        [
          listed(questions.map((question) => question.token)),
          listed(questions.map((question) => question.selector.by)),
          listed(
            questions.map(({ selector }) =>
              selector.by === "id" ? selector.id : selector.by === "slug" ? selector.slug : "-",
            ),
          ),
          ports.clock(),
        ],
        ports.timeoutMs,
      );
      const answers: (Row<Found> | undefined)[] = questions.map(() => undefined);
      for (const row of rows) answers[row.found.i - 1] = row;
      return answers;
    },
    { inFlight: 2, size: 256, timeoutMs: ports.timeoutMs },
  );
  // Read one by one: a row that can't be read is the misfortune of its own, not of the whole batch.
  return async (question) => {
    const row = await find(question);
    return row === undefined ? null : verified(row, resolve, ports.clock());
  };
}

const verified = (
  { found: row, standing }: Row<Found>,
  resolve: (roleColumn: string, standing: string) => Effective,
  now: Date,
): Verified => ({
  principal: {
    type: "user",
    id: row.id,
    email: row.email,
    emailVerified: row.email_verified,
    isAnonymous: row.is_anonymous,
    name: row.name,
    image: row.image,
    sessionId: row.session_id,
    expiresAt: instant(row.expires_at),
    createdAt: instant(row.created_at),
    platformRole: row.role,
    activeOrganizationId: row.active_organization_id,
    impersonatorId: row.impersonated_by,
    factors: row.factors,
    authenticatedAt: instant(row.authenticated_at),
  },
  organization:
    row.member_id === null
      ? null
      : {
          id: row.organization_id,
          slug: row.organization_slug,
          name: row.organization_name,
          role: row.member_role,
          memberId: row.member_id,
          ...withinFactors(row, resolve(row.member_role, standing ?? noStanding), now),
        },
});

/** What a member holds where the organization may require a second factor: nothing, while their session lacks it. */
function withinFactors({ two_factor_from: from, factors }: Found, held: Effective, now: Date) {
  const requiredFrom = from === null ? null : instant(from);
  const lacks = lacksSecondFactor(requiredFrom, factors, now);
  return {
    ...(lacks ? holdingNothing : held),
    lacksSecondFactor: lacks,
    graceEndsAt: lacks || factors > 1 ? null : requiredFrom,
  };
}
