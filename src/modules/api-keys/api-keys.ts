import { and, eq, gte, lte } from "drizzle-orm";
import { type z } from "zod";
import { apikey } from "../../auth/key-table.ts";
import { generateApiKey, hashApiKey, permissionList, startLength } from "../../core/api-key.ts";
import { notFound } from "../../core/problem.ts";
import { created, deleted, type OrganizationScope, updated } from "../../core/scope.ts";
import type { Tx } from "../../db/client.ts";
import { keyset } from "../../db/keyset.ts";
import { type CursorCodec, page, type pageQuery } from "../../http/pagination.ts";
import { checkMatch } from "../../http/router.ts";
import { columns, type Giver, invalid, personBehind, refuseBeyond } from "./giver.ts";
import {
  type ApiKeyChanges,
  type ApiKeyRow,
  ApiKeyVersion,
  type NewApiKey,
  type Rotation,
  shownKey,
} from "./schemas.ts";
import { apikeyUsage } from "./table.ts";

/**
 * Makes a key of the organization. It hangs on whoever makes it: on the person, or on the person behind the key that
 * makes it.
 *
 * @returns the row, and the key itself, which is stored nowhere.
 * @throws 403 for a permission that the giver doesn't hold, for a service key and while impersonating; 422 for a
 * permission that doesn't exist or a time that has passed.
 */
export async function createApiKey(scope: OrganizationScope, giver: Giver, input: z.output<typeof NewApiKey>) {
  const now = scope.now();
  const createdBy = personBehind(giver);
  const values = columns(giver, input, now);
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
export async function listApiKeys(
  scope: OrganizationScope,
  query: z.output<z.ZodObject<typeof pageQuery>>,
  cursors: CursorCodec,
) {
  const position = query.cursor ? cursors.decode("apiKeys", query.cursor) : null;
  const { orderBy, after } = keyset(apikey.createdAt, apikey.id, "desc", position);
  const rows = await scope.db
    .select()
    .from(apikey)
    .where(and(eq(apikey.organizationId, scope.organizationId), eq(apikey.configId, "default"), after))
    .orderBy(...orderBy)
    .limit(query.limit + 1);
  const { data, nextCursor } = page(rows, query.limit, (row) =>
    cursors.encode("apiKeys", [row.createdAt.toISOString(), row.id]),
  );
  return { data: data.map(shownKey), nextCursor };
}

/** @throws 404. */
export async function getApiKey(scope: OrganizationScope, id: string) {
  const [row] = await scope.db.select().from(apikey).where(mine(scope, id));
  if (!row) throw notFound();
  return shownKey(row);
}

/** @throws 404, 412, and as `createApiKey`. */
export async function updateApiKey(
  scope: OrganizationScope,
  giver: Giver,
  id: string,
  { name, enabled, ...settings }: z.output<typeof ApiKeyChanges>,
  ifMatch: string | undefined,
) {
  const now = scope.now();
  const row = await scope.mutate("apiKey.updated", async (tx) => {
    const before = await locked(tx, scope, id);
    checkMatch(ifMatch, ApiKeyVersion, shownKey(before));
    const values = columns(giver, settings, now);
    const quota = settings.remaining === undefined ? before.remaining : settings.remaining;
    const refills = settings.refill === undefined ? before.refillAmount !== null : settings.refill !== null;
    if (refills && quota === null) throw invalid("refill", "needs `remaining`");
    const [after] = await tx
      .update(apikey)
      .set({
        ...(name === undefined ? {} : { name }),
        ...(enabled === undefined ? {} : { enabled }),
        ...values,
        ...(settings.refill === undefined ? {} : { lastRefillAt: now }),
        updatedAt: now,
      })
      .where(mine(scope, id))
      .returning();
    return updated(before, after!);
  });
  return shownKey(row);
}

/**
 * Replaces the key by a new one. The old one works until the overlap ends; both count against the same quota. A
 * rotation within an overlap ends the oldest at once.
 *
 * @param input.overlapSeconds how long both work.
 * @throws 404, and as `createApiKey` for what the key holds: whoever gets the new key can do all of it.
 */
export async function rotateApiKey(
  scope: OrganizationScope,
  giver: Giver,
  id: string,
  { overlapSeconds }: z.output<typeof Rotation>,
) {
  const now = scope.now();
  const key = generateApiKey();
  personBehind(giver);
  const row = await scope.mutate("apiKey.rotated", async (tx) => {
    const before = await locked(tx, scope, id);
    refuseBeyond(giver, permissionList(before.permissions));
    const [after] = await tx
      .update(apikey)
      .set({
        key: hashApiKey(key),
        start: key.slice(0, startLength),
        previousKey: overlapSeconds > 0 ? before.key : null,
        previousExpiresAt: overlapSeconds > 0 ? new Date(now.getTime() + overlapSeconds * 1000) : null,
        updatedAt: now,
      })
      .where(mine(scope, id))
      .returning();
    return updated(before, after!);
  });
  return { ...shownKey(row), key };
}

/** @throws 404, 412. */
export async function deleteApiKey(scope: OrganizationScope, id: string, ifMatch: string | undefined): Promise<void> {
  await scope.mutate("apiKey.deleted", async (tx) => {
    const before = await locked(tx, scope, id);
    checkMatch(ifMatch, ApiKeyVersion, shownKey(before));
    await tx.delete(apikey).where(mine(scope, id));
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

const mine = (scope: OrganizationScope, id: string) =>
  and(eq(apikey.organizationId, scope.organizationId), eq(apikey.configId, "default"), eq(apikey.id, id));

async function locked(tx: Tx, scope: OrganizationScope, id: string): Promise<ApiKeyRow> {
  const [row] = await tx.select().from(apikey).where(mine(scope, id)).for("update");
  if (!row) throw notFound();
  return row;
}
