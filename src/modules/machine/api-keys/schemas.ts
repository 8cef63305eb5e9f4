import { z } from "zod";
import type { apikey } from "../../../auth/tables/api-key.ts";
import { permissionList } from "../../../core/api-key.ts";
import { pageQuery } from "../../../core/page.ts";
import { day, instant, list, text, timestamp } from "../../../http/schemas.ts";

const largest = Number.MAX_SAFE_INTEGER;
const milliseconds = z
  .int()
  .min(1000)
  .max(10 * 365 * 24 * 3_600_000);

/** Small, flat and the caller's own: at most 50 fields, 4 KiB in all. */
const metadata = z
  .record(z.string().max(100), z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]))
  .refine((value) => Object.keys(value).length <= 50, { error: "has at most 50 fields" })
  .refine((value) => JSON.stringify(value).length <= 4096, { error: "has at most 4096 characters as JSON" })
  .meta({ maxProperties: 50, propertyNames: { type: "string", maxLength: 100 } });

const refill = z.object({
  amount: z.int().min(1).max(largest).meta({ description: "Uses" }),
  intervalMs: milliseconds.meta({ description: "Milliseconds" }),
});
const rateLimit = z.object({
  limit: z.int().min(1).max(1_000_000_000).meta({ description: "Uses" }),
  windowMs: milliseconds.meta({ description: "Milliseconds" }),
});
const permission = z
  .string()
  .regex(/^[A-Za-z_]{1,60}:[A-Za-z_]{1,60}$/, "must be resource:action")
  .meta({ example: "project:read" });

const settings = {
  permissions: z.array(permission).max(500),
  expiresAt: instant().nullable().meta({ description: "Null for a key that doesn't expire" }),
  remaining: z.int().min(0).max(largest).nullable().meta({ description: "Uses left in all; null for no quota" }),
  refill: refill.nullable().meta({ description: "What `remaining` is set to, and how often" }),
  rateLimit: rateLimit.nullable().meta({ description: "Uses in a fixed window, which begins with its first use" }),
  metadata: metadata.nullable().meta({ description: "What you note about it: at most 4096 characters as JSON" }),
};

const refillNeedsQuota = { error: "needs `remaining`", path: ["refill"] };

export const NewApiKey = z
  .object({ name: text(80), ...z.object(settings).partial().shape, permissions: settings.permissions.default([]) })
  .refine((key) => !key.refill || typeof key.remaining === "number", refillNeedsQuota)
  .meta({ id: "NewApiKey", example: { name: "Deployment", permissions: ["member:read"] } });

export const ApiKeyChanges = z
  .object({ name: text(80), enabled: z.boolean(), ...settings })
  .partial()
  .meta({ id: "ApiKeyChanges", example: { name: "Deployment" } });

export const Rotation = z
  .object({
    overlapSeconds: z
      .int()
      .min(0)
      .max(30 * 24 * 3600)
      .default(0)
      .meta({ description: "Seconds that the old key goes on working" }),
  })
  .meta({ id: "Rotation", example: { overlapSeconds: 3600 } });

export const ApiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    start: z.string().meta({ description: "The key's first characters, to tell it by" }),
    enabled: z.boolean(),
    permissions: z.array(z.string()),
    expiresAt: timestamp().nullable().meta({ description: "Null for a key that doesn't expire" }),
    remaining: z.int().nullable().meta({ description: "Uses left in all; null for no quota" }),
    refill: refill.nullable().meta({ description: "What `remaining` is set to, and how often" }),
    rateLimit: rateLimit.nullable().meta({ description: "Uses in a fixed window" }),
    metadata: metadata.nullable(),
    createdBy: z.string().nullable().meta({ description: "The user whose permissions bound it" }),
    createdAt: timestamp(),
    updatedAt: timestamp(),
    lastUsedAt: timestamp().nullable().meta({ description: "About a second behind" }),
    previousKeyExpiresAt: timestamp()
      .nullable()
      .meta({ description: "Until when the key before the last rotation works" }),
  })
  .meta({ id: "ApiKey" });
export type ApiKey = z.infer<typeof ApiKey>;

/** What somebody decided about a key. Its ETag covers only these fields, so that using the key doesn't change it. */
export const ApiKeyVersion = ApiKey.omit({ remaining: true, lastUsedAt: true });

/** A key at the only moment when it can be read. */
export const ApiKeyWithSecret = ApiKey.extend({
  key: z.string().meta({ description: "The key itself, shown this once" }),
}).meta({ id: "ApiKeyWithSecret" });
export type ApiKeyWithSecret = z.infer<typeof ApiKeyWithSecret>;

export const ApiKeyList = list(ApiKey, "ApiKeyList");

export const ApiKeyQuery = z.object({
  ...pageQuery,
  q: z.string().trim().max(80).optional().meta({ description: "A part of the name" }),
});

export const UsageQuery = z.object({
  from: day().optional().meta({ description: "The first day; thirty days ago where it isn't given" }),
  to: day().optional().meta({ description: "The last day; today where it isn't given" }),
});

export const Usage = z
  .object({
    data: z.array(z.object({ day: z.iso.date(), count: z.int().meta({ description: "Uses on that day, in UTC" }) })),
  })
  .meta({ id: "ApiKeyUsage" });
export type Usage = z.infer<typeof Usage>;

export type ApiKeyRow = typeof apikey.$inferSelect;

/** A row as `ApiKey` has it: hashes stay behind. */
export const shownKey = (row: ApiKeyRow): z.input<typeof ApiKey> => ({
  id: row.id,
  name: row.name ?? "",
  start: row.start ?? "",
  enabled: row.enabled ?? false,
  permissions: permissionList(row.permissions).toSorted(),
  expiresAt: row.expiresAt,
  remaining: row.remaining,
  refill:
    row.refillAmount === null || row.refillInterval === null
      ? null
      : { amount: row.refillAmount, intervalMs: row.refillInterval },
  rateLimit:
    row.rateLimitEnabled && row.rateLimitMax !== null && row.rateLimitTimeWindow !== null
      ? { limit: row.rateLimitMax, windowMs: row.rateLimitTimeWindow }
      : null,
  metadata: row.metadata === null ? null : (JSON.parse(row.metadata) as Record<string, string>),
  createdBy: row.createdBy,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  lastUsedAt: row.lastRequest,
  previousKeyExpiresAt: row.previousExpiresAt,
});

/** A row's version, which If-Match is compared with. */
export const RowVersion = z.custom<ApiKeyRow>().transform((row) => ApiKeyVersion.parse(shownKey(row)));
