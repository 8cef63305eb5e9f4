import type { OrganizationSelector } from "../core/principal.ts";
import type { Database } from "../db/client.ts";

const text = `select id from "organization" where ($1 = 'id' and id = $2) or ($1 = 'slug' and slug = $2)`;

/** The id of an organization that anybody may have, by its id or slug. Null: there is none. */
export async function findOrganization(
  database: Database,
  selector: Extract<OrganizationSelector, { by: "id" | "slug" }>,
): Promise<string | null> {
  const value = selector.by === "id" ? selector.id : selector.slug;
  const [row] = await database.statement<{ id: string }>("organization_named", text, [selector.by, value]);
  return row?.id ?? null;
}
