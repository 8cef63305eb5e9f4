import type { Auth } from "../auth/options.ts";
import type { OrganizationSelector } from "../core/principal.ts";
import type { Database } from "../db/types.ts";

const text = `select id, slug from "organization" where ($1 = 'id' and id = $2) or ($1 = 'slug' and slug = $2)`;

/** The organization with that id or slug, whoever is in it. Null where there is none, or `selector` names neither. */
export async function findOrganization(
  { database }: { database: Database },
  selector: OrganizationSelector,
): Promise<{ id: string; slug: string } | null> {
  if (selector.by !== "id" && selector.by !== "slug") return null;
  const value = selector.by === "id" ? selector.id : selector.slug;
  const [row] = await database.statement<{ id: string; slug: string }>("organization_named", text, [
    selector.by,
    value,
  ]);
  return row ?? null;
}

/** An organization as platform administrators find it. */
export type OrganizationSummaryRow = {
  id: string;
  name: string;
  slug: string;
  logo: string | null;
  members: number;
  createdAt: Date;
};

const listed = `select o.id, o.name, o.slug, o.logo, o.created_at as "createdAt",
    (select count(*)::int from "member" m where m.organization_id = o.id) as members
  from "organization" o where ($1::text is null or o.id < $1) and ($3::text is null or o.name ilike $3 or o.slug ilike $3)
  order by o.id desc limit $2`;

/**
 * All organizations, newest first, since ids ascend with time.
 *
 * @param pattern what name or slug fit, as `ilike` has it; null for all.
 * @param page.after the last id of the previous page.
 */
export const listOrganizations = (
  { database }: { database: Database },
  pattern: string | null,
  page: { after: string | null; limit: number },
): Promise<OrganizationSummaryRow[]> =>
  database.statement<OrganizationSummaryRow>("organizations_listed", listed, [page.after, page.limit, pattern]);

/**
 * Makes an organization the session's active one.
 *
 * @param headers the request's, which carry the session.
 * @throws better-auth's error for a person who isn't a member.
 */
export async function activateOrganization(
  { auth }: { auth: Auth },
  headers: Headers,
  organizationId: string,
): Promise<void> {
  await auth.api.setActiveOrganization({ headers, body: { organizationId } });
}
