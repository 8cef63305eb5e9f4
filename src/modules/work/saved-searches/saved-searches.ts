import { and, asc, eq, getTableColumns, gt, inArray, sql } from "drizzle-orm";
import type { z } from "zod";
import { inPages } from "../../../core/page.ts";
import { isUuid } from "../../../core/principal.ts";
import { invalidField, notFound } from "../../../core/problem.ts";
import {
  created,
  deleted,
  type Held,
  type Hold,
  type OrganizationScope,
  unrecorded,
  updated,
} from "../../../core/scope.ts";
import { differs } from "../../../core/audit.ts";
import { paged } from "../../../db/schema/paged.ts";
import type { Tx } from "../../../db/types.ts";
import type { OrganizationData, OwnersById } from "../../../http/module.ts";
import {
  type NewSavedSearch,
  SavedSearch,
  type SavedSearchChanges,
  type SavedSearchQuery,
  SavedSearchVersion,
} from "./schemas.ts";
import { savedSearch } from "./table.ts";

const { nameKey: _, ...columns } = getTableColumns(savedSearch);

type Where = Pick<OrganizationScope, "organizationId">;
type Row = Omit<typeof savedSearch.$inferSelect, "nameKey">;

// Row-level security leaves out what is private to others.
const ofOrganization = ({ organizationId }: Where) => eq(savedSearch.organizationId, organizationId);
const one = (scope: Where, id: string) => and(ofOrganization(scope), eq(savedSearch.id, id));

const only = ([row]: Row[]): Row => {
  if (!row) throw notFound();
  return row;
};

/** @throws 422 where nobody would see it: a key has no searches of its own. */
export function createSavedSearch(scope: OrganizationScope, input: z.infer<typeof NewSavedSearch>): Promise<Row> {
  return scope.mutate("savedSearch.created", async (tx) => {
    if (input.visibility === "private" && scope.userId === null)
      throw invalidField("visibility", "must be organization: an API key has no private searches");
    const { organizationId, userId: ownerId } = scope;
    const at = { createdAt: scope.now(), updatedAt: scope.now() };
    return created(
      only(
        await tx
          .insert(savedSearch)
          .values({ ...input, organizationId, ownerId, ...at })
          .returning(columns),
      ),
    );
  });
}

const orders = {
  "-createdAt": { key: "createdAt", direction: "desc" },
  name: { key: "nameKey", direction: "asc" },
  popular: { key: "uses", direction: "desc" },
} as const;

/** One page of the searches that the caller sees. */
export function listSavedSearches(scope: OrganizationScope, query: z.infer<typeof SavedSearchQuery>) {
  const order = { list: "saved-searches", table: savedSearch, ...orders[query.sort] } as const;
  // The ids come from the index of filters, which row-level security keeps out of this statement's own conditions.
  const matching = query.filters
    ? sql`${savedSearch.id} in (select guard.saved_searches_with(${JSON.stringify(query.filters)}::jsonb))`
    : undefined;
  return paged(scope, order, query, ({ after, orderBy, limit }) =>
    scope.db
      .select()
      .from(savedSearch)
      .where(and(ofOrganization(scope), matching, after))
      .orderBy(...orderBy)
      .limit(limit),
  );
}

/** @throws 404 for a search that is absent, another organization's, or private to somebody else. */
export async function getSavedSearch(scope: OrganizationScope, id: string): Promise<Row> {
  if (!isUuid(id)) throw notFound();
  return only(await scope.db.select(columns).from(savedSearch).where(one(scope, id)));
}

async function lock(tx: Tx, hold: Hold, scope: OrganizationScope, id: string): Promise<Held<Row>> {
  if (!isUuid(id)) throw notFound();
  const row = only(await tx.select(columns).from(savedSearch).where(one(scope, id)).for("update"));
  return hold(row, SavedSearchVersion, [row.ownerId]);
}

/** @throws 403 for others' where only one's own may be changed, 404, 412, 422 for making another's search private. */
export function updateSavedSearch(
  scope: OrganizationScope,
  id: string,
  input: z.infer<typeof SavedSearchChanges>,
): Promise<Row> {
  return scope.mutate("savedSearch.updated", async (tx, hold) => {
    const before = await lock(tx, hold, scope, id);
    if (input.visibility === "private" && before.ownerId !== scope.userId)
      throw invalidField("visibility", "is organization: only its owner makes a search private");
    if (!differs(before, input)) return updated(before, before);
    const values = { ...input, updatedAt: scope.now() };
    const rows = await tx.update(savedSearch).set(values).where(one(scope, id)).returning(columns);
    return updated(before, only(rows));
  });
}

/** @throws 403 for others' where only one's own may be deleted, 404, 412. */
export function deleteSavedSearch(scope: OrganizationScope, id: string): Promise<Row> {
  return scope.mutate("savedSearch.deleted", async (tx, hold) => {
    const before = await lock(tx, hold, scope, id);
    await tx.delete(savedSearch).where(one(scope, id));
    return deleted(before);
  });
}

/** Counts that a search was run. Not an event: nothing that anybody set has changed. @throws 404, 412. */
export function useSavedSearch(scope: OrganizationScope, id: string): Promise<Row> {
  return scope.mutate(null, async (tx, hold) => {
    const before = await lock(tx, hold, scope, id);
    const values = { uses: sql`${savedSearch.uses} + 1` };
    return unrecorded(only(await tx.update(savedSearch).set(values).where(one(scope, before.id)).returning(columns)));
  });
}

/** Whose own some searches are. */
export const ownersOfSavedSearches: OwnersById = async (where, ids) => {
  const wanted = ids.filter(isUuid);
  if (wanted.length === 0) return new Map();
  const rows = await where.db
    .select({ id: savedSearch.id, ownerId: savedSearch.ownerId })
    .from(savedSearch)
    .where(and(ofOrganization(where), inArray(savedSearch.id, wanted)));
  return new Map(rows.map(({ id, ownerId }) => [id, [ownerId]]));
};

/** A person's own searches, for the export of their data. */
export const ownSavedSearches: OrganizationData = {
  by: ["saved_search.owner_id"],
  schema: SavedSearch,
  permission: "savedSearch:read",
  read: (scope) =>
    inPages<Row>((last, limit) =>
      scope.db
        .select(columns)
        .from(savedSearch)
        .where(
          and(
            ofOrganization(scope),
            eq(savedSearch.ownerId, scope.userId),
            last ? gt(savedSearch.id, last.id) : undefined,
          ),
        )
        .orderBy(asc(savedSearch.id))
        .limit(limit),
    ),
};
