import { relations } from "drizzle-orm";
import { boolean, index, integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";

// better-auth's core tables and its API keys' as its own generator describes them, apart from the service's richer ones.
const user = pgTable("user", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  email: text("email").notNull().unique(),
  emailVerified: boolean("email_verified").notNull(),
  image: text("image"),
  createdAt: timestamp("created_at").notNull(),
  updatedAt: timestamp("updated_at").notNull(),
});

const userId = () =>
  text("user_id")
    .notNull()
    .references(() => user.id, { onDelete: "cascade" });

const session = pgTable(
  "session",
  {
    id: text("id").primaryKey(),
    expiresAt: timestamp("expires_at").notNull(),
    token: text("token").notNull().unique(),
    createdAt: timestamp("created_at").notNull(),
    updatedAt: timestamp("updated_at").notNull(),
    ipAddress: text("ip_address"),
    userAgent: text("user_agent"),
    userId: userId(),
  },
  (t) => [index("session_user_id_idx").on(t.userId)],
);

const account = pgTable("account", {
  id: text("id").primaryKey(),
  accountId: text("account_id").notNull(),
  providerId: text("provider_id").notNull(),
  userId: userId(),
  accessToken: text("access_token"),
  refreshToken: text("refresh_token"),
  idToken: text("id_token"),
  accessTokenExpiresAt: timestamp("access_token_expires_at"),
  refreshTokenExpiresAt: timestamp("refresh_token_expires_at"),
  scope: text("scope"),
  password: text("password"),
  createdAt: timestamp("created_at").notNull(),
  updatedAt: timestamp("updated_at").notNull(),
});

const verification = pgTable("verification", {
  id: text("id").primaryKey(),
  identifier: text("identifier").notNull(),
  value: text("value").notNull(),
  expiresAt: timestamp("expires_at").notNull(),
  createdAt: timestamp("created_at").notNull(),
  updatedAt: timestamp("updated_at").notNull(),
});

const apikey = pgTable(
  "apikey",
  {
    id: text("id").primaryKey(),
    configId: text("config_id").default("default").notNull(),
    name: text("name"),
    start: text("start"),
    referenceId: text("reference_id").notNull(),
    prefix: text("prefix"),
    key: text("key").notNull(),
    refillInterval: integer("refill_interval"),
    refillAmount: integer("refill_amount"),
    lastRefillAt: timestamp("last_refill_at"),
    enabled: boolean("enabled").default(true),
    rateLimitEnabled: boolean("rate_limit_enabled").default(true),
    rateLimitTimeWindow: integer("rate_limit_time_window").default(86400000),
    rateLimitMax: integer("rate_limit_max").default(10),
    requestCount: integer("request_count").default(0),
    remaining: integer("remaining"),
    lastRequest: timestamp("last_request"),
    expiresAt: timestamp("expires_at"),
    createdAt: timestamp("created_at").notNull(),
    updatedAt: timestamp("updated_at").notNull(),
    permissions: text("permissions"),
    metadata: text("metadata"),
  },
  (t) => [index("apikey_key_idx").on(t.key), index("apikey_reference_id_idx").on(t.referenceId)],
);

const userRelations = relations(user, ({ many }) => ({ sessions: many(session), accounts: many(account) }));
const sessionRelations = relations(session, ({ one }) => ({
  user: one(user, { fields: [session.userId], references: [user.id] }),
}));
const accountRelations = relations(account, ({ one }) => ({
  user: one(user, { fields: [account.userId], references: [user.id] }),
}));

export const schema = {
  user,
  session,
  account,
  verification,
  apikey,
  userRelations,
  sessionRelations,
  accountRelations,
};

export const createTables = `
create table "user" (id text primary key, name text not null, email text not null unique,
  email_verified boolean not null, image text, created_at timestamp not null, updated_at timestamp not null);
create table session (id text primary key, expires_at timestamp not null, token text not null unique,
  created_at timestamp not null, updated_at timestamp not null, ip_address text, user_agent text,
  user_id text not null references "user" on delete cascade);
create index session_user_id_idx on session (user_id);
create table account (id text primary key, account_id text not null, provider_id text not null,
  user_id text not null references "user" on delete cascade, access_token text, refresh_token text, id_token text,
  access_token_expires_at timestamp, refresh_token_expires_at timestamp, scope text, password text,
  created_at timestamp not null, updated_at timestamp not null);
create table verification (id text primary key, identifier text not null, value text not null,
  expires_at timestamp not null, created_at timestamp not null, updated_at timestamp not null);
create table apikey (id text primary key, config_id text not null default 'default', name text, start text,
  reference_id text not null, prefix text, key text not null, refill_interval integer, refill_amount integer,
  last_refill_at timestamp, enabled boolean default true, rate_limit_enabled boolean default true,
  rate_limit_time_window integer default 86400000, rate_limit_max integer default 10, request_count integer default 0,
  remaining integer, last_request timestamp, expires_at timestamp, created_at timestamp not null,
  updated_at timestamp not null, permissions text, metadata text);
create index apikey_key_idx on apikey (key);
create index apikey_reference_id_idx on apikey (reference_id);
`;
