import { sql } from "drizzle-orm";
import { bigint, boolean, check, index, pgTable, text } from "drizzle-orm/pg-core";
import { bounded } from "../../db/schema/bounded.ts";
import { instant } from "../../db/schema/columns.ts";
import { organization } from "./organization.ts";
import { user } from "./identity.ts";

// Durations and counters are bigint: thirty days of milliseconds don't fit an int4.
export const apikey = pgTable(
  "apikey",
  {
    id: text("id").primaryKey(),
    configId: text("config_id").default("default").notNull(),
    name: text("name"),
    start: text("start"),
    /** The owner: an organization's id, or `platform` for a service key of the whole platform. */
    referenceId: text("reference_id").notNull(),
    prefix: text("prefix"),
    /** SHA-256 of the key, base64url. */
    key: text("key").notNull().unique("apikey_key_unique"),
    refillInterval: bigint("refill_interval", { mode: "number" }),
    refillAmount: bigint("refill_amount", { mode: "number" }),
    lastRefillAt: instant("last_refill_at"),
    enabled: boolean("enabled").default(true),
    rateLimitEnabled: boolean("rate_limit_enabled").default(false),
    rateLimitTimeWindow: bigint("rate_limit_time_window", { mode: "number" }),
    rateLimitMax: bigint("rate_limit_max", { mode: "number" }),
    /** Requests admitted in the window that began at `windowStart`. */
    requestCount: bigint("request_count", { mode: "number" }).default(0),
    remaining: bigint("remaining", { mode: "number" }),
    lastRequest: instant("last_request"),
    expiresAt: instant("expires_at"),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
    permissions: text("permissions"),
    metadata: text("metadata"),
    windowStart: instant("window_start"),
    /** The user whose membership the key depends on. Null only for service keys, which the command line makes. */
    createdBy: text("created_by").references(() => user.id, { onDelete: "cascade" }),
    /** The hash that rotation replaced, good until `previousExpiresAt`. One row, so both share one quota. */
    previousKey: text("previous_key").unique("apikey_previous_key_unique"),
    previousExpiresAt: instant("previous_expires_at"),
    /** The person that the replaced key still depends on. */
    previousCreatedBy: text("previous_created_by").references(() => user.id, { onDelete: "set null" }),
    organizationId: text("organization_id")
      .generatedAlwaysAs(sql`nullif("reference_id", 'platform')`)
      .references(() => organization.id, { onDelete: "cascade" }),
  },
  (t) => [
    ...bounded("apikey", t, { permissions: 131_072, metadata: 131_072 }),
    index("apikey_organization_created_idx").on(t.organizationId, t.createdAt, t.id),
    index("apikey_reference_id_idx").on(t.referenceId),
    index("apikey_config_id_idx").on(t.configId),
    index("apikey_created_by_idx").on(t.createdBy),
    index("apikey_previous_created_by_idx").on(t.previousCreatedBy),
    index("apikey_expires_at_idx").on(t.expiresAt),
    check("apikey_remaining_not_negative", sql`${t.remaining} >= 0`),
    check("apikey_creator", sql`${t.configId} = 'service' or ${t.createdBy} is not null`),
  ],
);
