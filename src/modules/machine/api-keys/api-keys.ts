import { and, eq, gte, ilike, lte } from "drizzle-orm";
import type { z } from "zod";
import { apikey } from "../../../auth/tables/api-key.ts";
import { generateApiKey, hashApiKey, permissionList, startLength } from "../../../core/api-key.ts";
import { invalidField, notFound } from "../../../core/problem.ts";
import { created, deleted, type OrganizationScope, updated } from "../../../core/scope.ts";
import type { Tx } from "../../../db/types.ts";
import { likePattern } from "../../../core/page.ts";
import { paged } from "../../../db/schema/paged.ts";
import { columns, type Grantor, personBehind, refuseBeyond } from "./grant.ts";
import {
  type ApiKeyChanges,
  type ApiKeyQuery,
  type ApiKeyRow,
  type NewApiKey,
  type Rotation,
  RowVersion,
  shownKey,
} from "./schemas.ts";
import { apikeyUsage } from "./table.ts";

/**
 * Makes a key of the organization. It depends on the person who makes it, or on the person behind the key that
 * makes it.
 *
 * @returns the row, and the key itself, which is stored nowhere.
 * @throws 403 for a permission that the grantor doesn't hold, for a service key and while impersonating; 422 for a
 * permission that doesn't exist or a time that has passed.
 */
export async function createApiKey(scope: OrganizationScope, grantor: Grantor, input: z.output<typeof NewApiKey>) {
  const now = scope.now();
  const createdBy = personBehind(grantor);
  const values = columns(grantor, input, now);
  const key = generateApiKey();
  const row = await scope.mutate("apiKey.created", async (tx) => {
    const [made] = await tx
      .insert(apikey)
      .values({
        id: Bun.randomUUIDv7(),
        referenceId: scope.organizationId,
        createdBy,
        name: input.name,
        prefix: "gh_",
        start: key.slice(0, startLength),
        key: hashApiKey(key),
        ...values,
        lastRefillAt: now,
        createdAt: now,
        updatedAt: now,
      })
      .returning();
    return created(made!);
  });
  return { ...shownKey(row), key };
}

/** One page of the organization's keys, newest first. */
export async function listApiKeys(scope: OrganizationScope, query: z.output<typeof ApiKeyQuery>) {
  const order = { list: "apiKeys", table: apikey, key: "createdAt", direction: "desc" } as const;
  const { data, nextCursor } = await paged(scope, order, query, ({ after, orderBy, limit }) =>
    scope.db
      .select()
      .from(apikey)
      .where(
        and(
          eq(apikey.organizationId, scope.organizationId),
          eq(apikey.configId, "default"),
          query.q ? ilike(apikey.name, likePattern(query.q)) : undefined,
          after,
        ),
      )
      .orderBy(...orderBy)
      .limit(limit),
  );
  return { data: data.map(shownKey), nextCursor };
}

/** @throws 404. */
export async function getApiKey(scope: OrganizationScope, id: string) {
  const [row] = await scope.db.select().from(apikey).where(one(scope, id));
  if (!row) throw notFound();
  return shownKey(row);
}

/** @throws 404, 412, and as `createApiKey`. */
export async function updateApiKey(
  scope: OrganizationScope,
  grantor: Grantor,
  id: string,
  { name, enabled, ...settings }: z.output<typeof ApiKeyChanges>,
) {
  const now = scope.now();
  const row = await scope.mutate("apiKey.updated", async (tx, hold) => {
    const before = hold(await lock(tx, scope, id), RowVersion);
    const values = columns(grantor, settings, now);
    const quota = settings.remaining === undefined ? before.remaining : settings.remaining;
    const refills = settings.refill === undefined ? before.refillAmount !== null : settings.refill !== null;
    if (refills && quota === null) throw invalidField("refill", "needs `remaining`");
    const [after] = await tx
      .update(apikey)
      .set({
        ...(name === undefined ? {} : { name }),
        ...(enabled === undefined ? {} : { enabled }),
        ...values,
        ...(settings.refill === undefined ? {} : { lastRefillAt: now }),
        updatedAt: now,
      })
      .where(one(scope, id))
      .returning();
    return updated(before, after!);
  });
  return shownKey(row);
}

/**
 * Replaces the key by a new one. The old one works until the overlap ends; both count against the same quota. A
 * rotation within an overlap ends the oldest at once. From then on the key depends on the person who rotated it, and
 * holds no more than they do; the old one still depends on the person before.
 *
 * @param input.overlapSeconds how long both work.
 * @throws 404, and as `createApiKey` for what the key holds: whoever gets the new key can do all of it.
 */
export async function rotateApiKey(
  scope: OrganizationScope,
  grantor: Grantor,
  id: string,
  { overlapSeconds }: z.output<typeof Rotation>,
) {
  const now = scope.now();
  const key = generateApiKey();
  const createdBy = personBehind(grantor);
  const row = await scope.mutate("apiKey.rotated", async (tx, hold) => {
    const before = hold(await lock(tx, scope, id), RowVersion);
    refuseBeyond(grantor, permissionList(before.permissions));
    const [after] = await tx
      .update(apikey)
      .set({
        key: hashApiKey(key),
        start: key.slice(0, startLength),
        createdBy,
        previousKey: overlapSeconds > 0 ? before.key : null,
        previousCreatedBy: overlapSeconds > 0 ? before.createdBy : null,
        previousExpiresAt: overlapSeconds > 0 ? new Date(now.getTime() + overlapSeconds * 1000) : null,
        updatedAt: now,
      })
      .where(one(scope, id))
      .returning();
    return updated(before, after!);
  });
  return { ...shownKey(row), key };
}

/** @throws 404, 412. */
export async function deleteApiKey(scope: OrganizationScope, id: string): Promise<void> {
  await scope.mutate("apiKey.deleted", async (tx, hold) => {
    const before = hold(await lock(tx, scope, id), RowVersion);
    await tx.delete(apikey).where(one(scope, id));
    return deleted(before);
  });
}

/** How often the key was used, by day (UTC), newest last. @throws 404. */
export async function apiKeyUsage(scope: OrganizationScope, id: string, from: string, to: string) {
  await getApiKey(scope, id);
  const data = await scope.db
    .select({ day: apikeyUsage.day, count: apikeyUsage.count })
    .from(apikeyUsage)
    .where(and(eq(apikeyUsage.apikeyId, id), gte(apikeyUsage.day, from), lte(apikeyUsage.day, to)))
    .orderBy(apikeyUsage.day);
  return { data };
}

const one = (scope: OrganizationScope, id: string) =>
  and(eq(apikey.organizationId, scope.organizationId), eq(apikey.configId, "default"), eq(apikey.id, id));

async function lock(tx: Tx, scope: OrganizationScope, id: string): Promise<ApiKeyRow> {
  const [row] = await tx.select().from(apikey).where(one(scope, id)).for("update");
  if (!row) throw notFound();
  return row;
}
