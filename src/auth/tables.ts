import { sql } from "drizzle-orm";
import { boolean, check, index, jsonb, pgTable, text, unique, uniqueIndex } from "drizzle-orm/pg-core";
import type { StoredRules } from "../core/permission.ts";
import { instant, organizationPolicy } from "../db/columns.ts";

// The columns are better-auth's (its generator's output); what is added to them is listed in
// test/contract/auth-schema.test.ts, which fails when either side moves.

export const user = pgTable(
  "user",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    email: text("email").notNull(),
    emailVerified: boolean("email_verified").default(false).notNull(),
    image: text("image"),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
    role: text("role"),
    banned: boolean("banned").default(false),
    banReason: text("ban_reason"),
    banExpires: instant("ban_expires"),
  },
  (t) => [uniqueIndex("user_email_unique").on(sql`lower(${t.email})`), uniqueIndex("user_email_exact").on(t.email)],
);

export const session = pgTable(
  "session",
  {
    id: text("id").primaryKey(),
    expiresAt: instant("expires_at").notNull(),
    token: text("token").notNull().unique("session_token_unique"),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
    ipAddress: text("ip_address"),
    userAgent: text("user_agent"),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    activeOrganizationId: text("active_organization_id").references(() => organization.id, { onDelete: "set null" }),
    impersonatedBy: text("impersonated_by"),
  },
  (t) => [
    index("session_user_id_idx").on(t.userId),
    index("session_active_organization_id_idx").on(t.activeOrganizationId),
    index("session_expires_at_idx").on(t.expiresAt),
    index("session_impersonated_by_idx")
      .on(t.impersonatedBy)
      .where(sql`${t.impersonatedBy} is not null`),
  ],
);

export const account = pgTable(
  "account",
  {
    id: text("id").primaryKey(),
    accountId: text("account_id").notNull(),
    providerId: text("provider_id").notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    accessToken: text("access_token"),
    refreshToken: text("refresh_token"),
    idToken: text("id_token"),
    accessTokenExpiresAt: instant("access_token_expires_at"),
    refreshTokenExpiresAt: instant("refresh_token_expires_at"),
    scope: text("scope"),
    password: text("password"),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [
    index("account_user_id_idx").on(t.userId),
    unique("account_provider_account_unique").on(t.providerId, t.accountId),
  ],
);

export const verification = pgTable(
  "verification",
  {
    id: text("id").primaryKey(),
    identifier: text("identifier").notNull(),
    value: text("value").notNull(),
    expiresAt: instant("expires_at").notNull(),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [index("verification_identifier_idx").on(t.identifier), index("verification_expires_at_idx").on(t.expiresAt)],
);

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
  },
  (t) => [
    // `{org}` in a path is an id, a slug or `current`: a slug must never read as one of the others.
    check(
      "organization_slug_format",
      sql`${t.slug} ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(${t.slug}) <= 48 and ${t.slug} <> 'current' and ${t.slug} !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'`,
    ),
    organizationPolicy("organization", t.id),
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
  },
  (t) => [
    unique("member_organization_user_unique").on(t.organizationId, t.userId),
    index("member_user_id_idx").on(t.userId, t.organizationId),
    index("member_organization_created_idx").on(t.organizationId, t.createdAt, t.id),
    organizationPolicy("member", t.organizationId),
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
    index("invitation_organization_created_idx").on(t.organizationId, t.createdAt, t.id),
    index("invitation_email_idx").on(t.email),
    index("invitation_inviter_id_idx").on(t.inviterId),
    index("invitation_expires_at_idx").on(t.expiresAt),
    organizationPolicy("invitation", t.organizationId),
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
    unique("organization_role_name_unique").on(t.organizationId, t.role),
    check(
      "organization_role_name",
      sql`${t.role} ~ '^[a-z0-9]+([_-][a-z0-9]+)*$' and length(${t.role}) <= 60 and ${t.role} not in ('owner', 'admin', 'member', 'viewer', 'me')`,
    ),
    // better-auth reads every role of an organization at once: one that it can't read would stop them all.
    check("organization_role_permission", sql`jsonb_typeof(${t.permission}::jsonb) = 'object'`),
    organizationPolicy("organization_role", t.organizationId),
  ],
);

export const jwks = pgTable("jwks", {
  id: text("id").primaryKey(),
  publicKey: text("public_key").notNull(),
  privateKey: text("private_key").notNull(),
  createdAt: instant("created_at").notNull(),
  expiresAt: instant("expires_at"),
  alg: text("alg"),
  crv: text("crv"),
});
