import { sql } from "drizzle-orm";
import { check, index, jsonb, pgTable, smallint, text, unique } from "drizzle-orm/pg-core";
import type { StoredRules } from "../../core/access/permission.ts";
import { bounded, webLink } from "../../db/schema/bounded.ts";
import { instant } from "../../db/schema/columns.ts";

import { user } from "./identity.ts";

// The columns are better-auth's (its generator's output); what is added to them is listed in
// test/contract/auth-schema.test.ts, which fails when either side moves.

export const organization = pgTable(
  "organization",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    slug: text("slug").notNull().unique("organization_slug_unique"),
    logo: text("logo"),
    createdAt: instant("created_at").notNull(),
    metadata: text("metadata"),
    /** The role of who joins without one being named. A trigger keeps it to roles that there are. */
    defaultRole: text("default_role").notNull().default("member"),
    /** From when on its members need a second factor, after the days of grace; null where they don't. */
    twoFactorRequiredFrom: instant("two_factor_required_from"),
    twoFactorGraceDays: smallint("two_factor_grace_days").notNull().default(0),
  },
  (t) => [
    ...bounded("organization", t, { logo: 2048, metadata: 65_536 }),
    webLink("organization", t.logo),
    check("organization_two_factor_grace", sql`${t.twoFactorGraceDays} between 0 and 90`),
    // `{org}` in a path is an id, a slug or `current`: a slug must never read as one of the others.
    check(
      "organization_slug_format",
      sql`${t.slug} ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(${t.slug}) <= 48 and ${t.slug} <> 'current' and ${t.slug} !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'`,
    ),
  ],
);

export const member = pgTable(
  "member",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id, { onDelete: "cascade" }),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    role: text("role").default("member").notNull(),
    createdAt: instant("created_at").notNull(),
    /** When a session of theirs last made this organization its active one. A trigger keeps it. */
    lastActiveAt: instant("last_active_at"),
  },
  (t) => [
    ...bounded("member", t, { role: 2048 }),
    unique("member_organization_user_unique").on(t.organizationId, t.userId),
    index("member_user_id_idx").on(t.userId, t.organizationId),
    index("member_organization_created_idx").on(t.organizationId, t.createdAt, t.id),
    index("member_last_active_idx")
      .on(t.userId, t.lastActiveAt)
      .where(sql`${t.lastActiveAt} is not null`),
  ],
);

export const invitation = pgTable(
  "invitation",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id, { onDelete: "cascade" }),
    email: text("email").notNull(),
    role: text("role"),
    status: text("status").default("pending").notNull(),
    expiresAt: instant("expires_at").notNull(),
    createdAt: instant("created_at").notNull(),
    inviterId: text("inviter_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
  },
  (t) => [
    ...bounded("invitation", t, { email: 320, role: 2048 }),
    index("invitation_organization_created_idx").on(t.organizationId, t.createdAt, t.id),
    index("invitation_email_created_idx").on(t.email, t.createdAt, t.id),
    index("invitation_inviter_id_idx").on(t.inviterId),
    index("invitation_expires_at_idx").on(t.expiresAt),
  ],
);

// The roles that an organization makes for itself. `permission` is what better-auth reads and writes: what the role
// allows on the whole organization. `rules` holds what it has no words for: denials, scopes, locks.
export const organizationRole = pgTable(
  "organization_role",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id, { onDelete: "cascade" }),
    role: text("role").notNull(),
    permission: text("permission").notNull(),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at"),
    description: text("description"),
    rules: jsonb("rules").$type<StoredRules>().notNull().default({}),
  },
  (t) => [
    ...bounded("organization_role", t, { permission: 131_072, description: 400, rules: 131_072 }),
    unique("organization_role_name_unique").on(t.organizationId, t.role),
    check(
      "organization_role_name",
      sql`${t.role} ~ '^[a-z0-9]+([_-][a-z0-9]+)*$' and length(${t.role}) <= 60 and ${t.role} not in ('owner', 'admin', 'member', 'viewer', 'me')`,
    ),
    // better-auth reads every role of an organization at once: one that it can't read would stop them all.
    check("organization_role_permission", sql`jsonb_typeof(${t.permission}::jsonb) = 'object'`),
  ],
);
