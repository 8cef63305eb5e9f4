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
