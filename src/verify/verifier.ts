import type { Clock } from "../core/clock.ts";
import { permissionsOf, type RolePermissions } from "../core/permission.ts";
import type { OrganizationSelector, Verified } from "../core/principal.ts";
import type { Database } from "../db/client.ts";
import type { Credential } from "./credential.ts";

/** Turns a credential into who it stands for. Null: it is no good. Rejects when the database can't say. */
export type Verifier = (credential: Credential, selector: OrganizationSelector) => Promise<Verified | null>;

type Row = {
  session_id: string;
  expires_at: Date;
  active_organization_id: string | null;
  impersonated_by: string | null;
  id: string;
  email: string;
  email_verified: boolean;
  name: string;
  image: string | null;
  created_at: Date;
  role: string | null;
  member_id: string | null;
  member_role: string;
  organization_id: string;
  organization_slug: string;
  organization_name: string;
};

const select = `select s.id as session_id, s.expires_at, s.active_organization_id, s.impersonated_by,
  u.id, u.email, u.email_verified, u.name, u.image, u.created_at, u.role`;
const from = `from "session" s join "user" u on u.id = s.user_id`;
const access = `, m.id as member_id, m.role as member_role, o.id as organization_id, o.slug as organization_slug, o.name as organization_name`;
const membership = `left join "member" m on m.organization_id = o.id and m.user_id = s.user_id`;
// A ban that better-auth's routes made ends the sessions; one made by SQL must count all the same.
const where = `where s.token = $1 and s.expires_at > $2
  and not (coalesce(u.banned, false) and (u.ban_expires is null or u.ban_expires > $2))`;

// One statement each, so that each has one plan and the organization is found by its index.
const statements = {
  none: `${select}, null as member_id ${from} ${where}`,
  current: `${select}${access} ${from} left join "organization" o on o.id = s.active_organization_id ${membership} ${where}`,
  id: `${select}${access} ${from} left join "organization" o on o.id = $3 ${membership} ${where}`,
  slug: `${select}${access} ${from} left join "organization" o on o.slug = $3 ${membership} ${where}`,
} as const;

/**
 * Loads principals: session, user, organization, membership and role in one prepared statement. Never extends a
 * session.
 */
export function createVerifier(ports: { database: Database; roles: RolePermissions; clock: Clock }): Verifier {
  return async (credential, selector) => {
    const values: unknown[] = [credential.token, ports.clock()];
    if (selector.by === "id") values.push(selector.id);
    if (selector.by === "slug") values.push(selector.slug);
    const [row] = await ports.database.statement<Row>(`verify_session_${selector.by}`, statements[selector.by], values);
    return row ? verified(row, ports.roles) : null;
  };
}

const verified = (row: Row, roles: RolePermissions): Verified => ({
  principal: {
    type: "user",
    id: row.id,
    email: row.email,
    emailVerified: row.email_verified,
    name: row.name,
    image: row.image,
    sessionId: row.session_id,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    platformRole: row.role,
    activeOrganizationId: row.active_organization_id,
    impersonatorId: row.impersonated_by,
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
          permissions: permissionsOf(roles, row.member_role),
        },
});
