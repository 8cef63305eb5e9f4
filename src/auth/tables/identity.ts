import { sql } from "drizzle-orm";
import { bigint, boolean, index, pgTable, text, unique, uniqueIndex } from "drizzle-orm/pg-core";
import { bounded, webLink } from "../../db/schema/bounded.ts";
import { instant } from "../../db/schema/columns.ts";

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
    twoFactorEnabled: boolean("two_factor_enabled").default(false),
    isAnonymous: boolean("is_anonymous").default(false),
  },
  (t) => [
    ...bounded("user", t, { email: 320, image: 2048, banReason: 2000 }),
    webLink("user", t.image),
    uniqueIndex("user_email_unique").on(sql`lower(${t.email})`),
    uniqueIndex("user_email_exact").on(t.email),
    // Maintenance looks for those that have ended.
    index("user_anonymous_idx")
      .on(t.id)
      .where(sql`${t.isAnonymous}`),
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
    ...bounded("account", t, {
      accessToken: 32_768,
      refreshToken: 32_768,
      idToken: 32_768,
      scope: 4096,
      password: 1024,
    }),
    index("account_user_id_idx").on(t.userId),
    unique("account_provider_account_unique").on(t.providerId, t.accountId),
  ],
);

// What an authenticator app shares with this service, and the backup codes; both encrypted.
export const twoFactor = pgTable(
  "two_factor",
  {
    id: text("id").primaryKey(),
    secret: text("secret").notNull(),
    backupCodes: text("backup_codes").notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    verified: boolean("verified").default(true),
    failedVerificationCount: bigint("failed_verification_count", { mode: "number" }).default(0),
    lockedUntil: instant("locked_until"),
  },
  (t) => [
    ...bounded("two_factor", t, { secret: 1024, backupCodes: 4096 }),
    unique("two_factor_user_unique").on(t.userId),
  ],
);

export const passkey = pgTable(
  "passkey",
  {
    id: text("id").primaryKey(),
    name: text("name"),
    publicKey: text("public_key").notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    credentialID: text("credential_id").notNull(),
    counter: bigint("counter", { mode: "number" }).notNull(),
    deviceType: text("device_type").notNull(),
    backedUp: boolean("backed_up").notNull(),
    transports: text("transports"),
    createdAt: instant("created_at"),
    lastUsedAt: instant("last_used_at"),
    aaguid: text("aaguid"),
  },
  (t) => [
    ...bounded("passkey", t, { publicKey: 4096, credentialID: 1400 }),
    unique("passkey_credential_unique").on(t.credentialID),
    index("passkey_user_id_idx").on(t.userId),
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
  (t) => [
    ...bounded("verification", t, { identifier: 1024, value: 16_384 }),
    index("verification_identifier_idx").on(t.identifier),
    // A person's links to a new password, which end with what they stand for.
    index("verification_reset_idx")
      .on(t.value)
      .where(sql`${t.identifier} like 'reset-password%'`),
    index("verification_expires_at_idx").on(t.expiresAt),
  ],
);

export const jwks = pgTable(
  "jwks",
  {
    id: text("id").primaryKey(),
    publicKey: text("public_key").notNull(),
    privateKey: text("private_key").notNull(),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at"),
    alg: text("alg"),
    crv: text("crv"),
  },
  (t) => [...bounded("jwks", t, { publicKey: 8192, privateKey: 16_384 })],
);
