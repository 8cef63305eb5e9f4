import { and, eq } from "drizzle-orm";
import { apikey } from "../../../auth/tables/api-key.ts";
import { inPages } from "../../../core/page.ts";
import { keyset } from "../../../db/schema/keyset.ts";
import type { OrganizationData } from "../../../http/module.ts";
import { ApiKey, shownKey } from "./schemas.ts";

/** The API keys that one has made; never the keys themselves, which aren't stored. */
export const made: OrganizationData = {
  by: ["apikey.created_by"],
  schema: ApiKey.omit({ createdBy: true }).meta({ id: "ExportedApiKey" }),
  permission: "apiKey:read",
  read: ({ db, organizationId, userId }) =>
    inPages(async (last: ReturnType<typeof shownKey> | null, limit) => {
      const { after, orderBy } = keyset([apikey.id], "asc", last && [last.id]);
      const mine = and(eq(apikey.organizationId, organizationId), eq(apikey.createdBy, userId), after);
      const rows = await db
        .select()
        .from(apikey)
        .where(mine)
        .orderBy(...orderBy)
        .limit(limit);
      return rows.map(shownKey);
    }),
};
