import { expect, test } from "bun:test";
import { apiKey } from "@better-auth/api-key";
import type { BetterAuthOptions, BetterAuthPlugin } from "better-auth";
import { getAuthTables } from "better-auth/db";
import { getTableColumns, is, SQL } from "drizzle-orm";
import { getTableConfig, type PgColumn, PgDialect, PgTable } from "drizzle-orm/pg-core";
import * as keyTable from "../../src/auth/tables/api-key.ts";
import * as identity from "../../src/auth/tables/identity.ts";
import * as organizations from "../../src/auth/tables/organization.ts";
import * as sessions from "../../src/auth/tables/session.ts";
import { inSandbox } from "../harness/app.ts";

/*
 * better-auth's tables against what better-auth derives from the service's own options, which is what its generator
 * would write. Where ours part from it stands in these two lists and nowhere else.
 */

/** What ours have beyond the generator's. */
const added: string[] = [
  // One person, one account, one membership, one key: the generator leaves it to races.
  'user: unique index (lower("user"."email"))',
  "user: unique index (email)",
  "account: unique (provider_id, account_id)",
  "member: unique (organization_id, user_id)",
  "apikey: unique (key)",
  "apikey: unique (previous_key)",
  // What pages show leads to the web and nowhere else.
  "passkey: credentialID is credential_id text",
  "passkey: unique (credential_id)",
  // By it people recognize the passkeys that they don't need any more.
  "passkey: lastUsedAt is last_used_at timestamp (3) with time zone, nullable",
  "two_factor: unique (user_id)",
  'user: index (id) where "user"."is_anonymous"',
  "user: check user_image_link",
  "organization: check organization_logo_link",
  'verification: index (value) where "verification"."identifier" like \'reset-password%\'',
  // A slug never reads as an id or as `current`.
  "organization: check organization_slug_format",
  // A session's claim to an organization ends with the organization.
  "session: foreign key (active_organization_id) to organization (id), on delete set null",
  "session: index (active_organization_id)",
  // A session begins in the organization that its person was last active in.
  "member: lastActiveAt is last_active_at timestamp (3) with time zone, nullable",
  'member: index (user_id, last_active_at) where "member"."last_active_at" is not null',
  // How a session's person proved who they are.
  "session: method is method text, nullable",
  "session: factors is factors smallint, default 1",
  "session: authenticatedAt is authenticated_at timestamp (3) with time zone, nullable",
  "session: check session_factors",
  // An organization may require a second factor of its members.
  "organization: twoFactorRequiredFrom is two_factor_required_from timestamp (3) with time zone, nullable",
  "organization: twoFactorGraceDays is two_factor_grace_days smallint, default 0",
  "organization: check organization_two_factor_grace",
  // What is purged by age, or followed by a foreign key, is found by an index.
  "session: index (expires_at)",
  'session: index (impersonated_by) where "session"."impersonated_by" is not null',
  "verification: index (expires_at)",
  "invitation: index (email, created_at, id)",
  "invitation: index (expires_at)",
  "invitation: index (inviter_id)",
  "invitation: index (organization_id, created_at, id)",
  "member: index (organization_id, created_at, id)",
  "member: index (user_id, organization_id)",
  // Rows of an organization are seen by it alone.
  // An organization's roles say more than better-auth knows, and who names none gets one.
  'organization: defaultRole is default_role text, default "member"',
  "organization_role: description is description text, nullable",
  "organization_role: rules is rules jsonb, default {}",
  "organization_role: unique (organization_id, role)",
  "organization_role: check organization_role_name",
  "organization_role: check organization_role_permission",
  // Keys belong to an organization, end with their creator, rotate with an overlap, and count in fixed windows.
  `apikey: organizationId is organization_id text, nullable, generated as nullif("reference_id", 'platform')`,
  "apikey: foreign key (organization_id) to organization (id), on delete cascade",
  "apikey: index (organization_id, created_at, id)",
  "apikey: createdBy is created_by text, nullable",
  "apikey: foreign key (created_by) to user (id), on delete cascade",
  "apikey: index (created_by)",
  "apikey: previousKey is previous_key text, nullable",
  "apikey: previousExpiresAt is previous_expires_at timestamp (3) with time zone, nullable",
  "apikey: previousCreatedBy is previous_created_by text, nullable",
  "apikey: foreign key (previous_created_by) to user (id), on delete set null",
  "apikey: index (previous_created_by)",
  "apikey: windowStart is window_start timestamp (3) with time zone, nullable",
  "apikey: index (expires_at)",
  "apikey: check apikey_creator",
  "apikey: check apikey_remaining_not_negative",
  // Without a limit where none is asked for.
  "apikey: rateLimitEnabled is rate_limit_enabled boolean, nullable, default false",
  "apikey: rateLimitMax is rate_limit_max bigint, nullable",
  "apikey: rateLimitTimeWindow is rate_limit_time_window bigint, nullable",
];

/** What the generator writes and ours don't have. */
const left: string[] = [
  // A unique constraint or a longer index does their work.
  "user: unique (email)",
  "passkey: credentialID is credential_i_d text",
  "passkey: index (credential_i_d)",
  "two_factor: index (secret)",
  "two_factor: index (user_id)",
  "member: index (organization_id)",
  "member: index (user_id)",
  "invitation: index (email)",
  "invitation: index (organization_id)",
  "organization_role: index (organization_id)",
  "organization_role: index (role)",
  "apikey: index (key)",
  "apikey: rateLimitEnabled is rate_limit_enabled boolean, nullable, default true",
  "apikey: rateLimitMax is rate_limit_max bigint, nullable, default 10",
  "apikey: rateLimitTimeWindow is rate_limit_time_window bigint, nullable, default 86400000",
];

/** Facts about tables, a line each, so that two sets of them can be compared. */
type Facts = Set<string>;

const dialect = new PgDialect();
const text = (value: unknown): string => (is(value, SQL) ? dialect.sqlToQuery(value).sql : JSON.stringify(value));

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function ours(): Facts {
  const facts: Facts = new Set();
  for (const table of Object.values({ ...identity, ...organizations, ...sessions, ...keyTable } as Record<
    string,
    unknown
  >)) {
    if (!is(table, PgTable)) continue;
    const config = getTableConfig(table);
    const say = (fact: string) => facts.add(`${config.name}: ${fact}`);
    const names = (columns: { name?: string }[]) =>
      `(${columns.map(({ name, ...sql }) => name ?? text(sql)).join(", ")})`;
    for (const [key, column] of Object.entries(getTableColumns(table) as Record<string, PgColumn>)) {
      const generated = column.generated ? `, generated as ${text(column.generated.as)}` : "";
      const preset = column.default === undefined ? "" : `, default ${text(column.default)}`;
      const nullable = column.notNull ? "" : ", nullable";
      say(`${key} is ${column.name} ${column.getSQLType()}${nullable}${preset}${generated}`);
      if (column.primary) say(`primary key (${column.name})`);
      if (column.isUnique) say(`unique (${column.name})`);
    }
    for (const { columns } of config.uniqueConstraints) say(`unique ${names(columns)}`);
    // That each text has a bound is held by migrations.test.ts.
    for (const { name } of config.checks) if (!name.endsWith("_length")) say(`check ${name}`);
    for (const key of config.foreignKeys) {
      const { columns, foreignTable, foreignColumns } = key.reference();
      const target = `${getTableConfig(foreignTable).name} ${names(foreignColumns)}`;
      say(`foreign key ${names(columns)} to ${target}, on delete ${key.onDelete ?? "no action"}`);
    }
    for (const { config: index } of config.indexes) {
      const columns = index.columns.map((column) => ("name" in column ? (column.name ?? "") : text(column)));
      say(
        `${index.unique ? "unique " : ""}index (${columns.join(", ")})${index.where ? ` where ${text(index.where)}` : ""}`,
      );
    }
  }
  return facts;
}

const types: Record<string, string> = {
  string: "text",
  boolean: "boolean",
  // The generator's timestamp has no zone and its integer is an int4, which thirty days of milliseconds don't fit.
  date: "timestamp (3) with time zone",
  number: "bigint",
};

/** @param plugins further ones, as if the service had been given them. */
async function theirs(plugins: BetterAuthPlugin[] = []): Promise<Facts> {
  const facts: Facts = new Set();
  let options: BetterAuthOptions = {};
  await inSandbox(async ({ deps }) => {
    options = deps.auth.options;
  });
  // Keys are verified by the service itself, in the official plugin's table.
  const given = options.plugins ?? [];
  const keys = given.some(({ id }) => id === "api-key") ? [] : [apiKey()];
  const all = [...given, ...keys, ...plugins] as BetterAuthPlugin[];
  for (const { modelName, fields } of Object.values(getAuthTables({ ...options, plugins: all }))) {
    const say = (fact: string) => facts.add(`${snake(modelName)}: ${fact}`);
    say("id is id text");
    say("primary key (id)");
    for (const [key, field] of Object.entries(fields)) {
      const column = snake(field.fieldName ?? key);
      const fixed = typeof field.defaultValue === "function" ? undefined : field.defaultValue;
      const preset = fixed === undefined || fixed === null ? "" : `, default ${text(fixed)}`;
      const nullable = field.required === false ? ", nullable" : "";
      say(`${key} is ${column} ${types[String(field.type)] ?? String(field.type)}${nullable}${preset}`);
      if (field.unique) say(`unique (${column})`);
      else if (field.index) say(`index (${column})`);
      if (!field.references) continue;
      const { model, field: target, onDelete } = field.references;
      say(`foreign key (${column}) to ${model} (${target}), on delete ${onDelete ?? "cascade"}`);
    }
  }
  return facts;
}

test("the tables are the generator's, but for what is listed", async () => {
  const [have, expected] = [ours(), await theirs()];
  expect([...have.difference(expected)].toSorted()).toEqual(added.toSorted());
  expect([...expected.difference(have)].toSorted()).toEqual(left.toSorted());
});

test("a table, a column or a constraint that a plugin brings is noticed", async () => {
  const plugin: BetterAuthPlugin = {
    id: "newcomer",
    schema: {
      user: { fields: { newcomer: { type: "boolean", required: false, defaultValue: false } } },
      device: {
        fields: { userId: { type: "string", required: true, references: { model: "user", field: "id" }, index: true } },
      },
    },
  };
  const [have, expected] = [ours(), await theirs([plugin])];
  const missing = [...expected.difference(have)].filter((fact) => !left.includes(fact)).toSorted();
  expect(missing).toEqual([
    "device: foreign key (user_id) to user (id), on delete cascade",
    "device: id is id text",
    "device: index (user_id)",
    "device: primary key (id)",
    "device: userId is user_id text",
    "user: newcomer is newcomer boolean, nullable, default false",
  ]);
});

test("better-auth is installed once: two cores would not know each other's contexts", async () => {
  const found: string[] = [];
  const glob = new Bun.Glob("**/@better-auth/core/package.json");
  for await (const path of glob.scan({ cwd: `${import.meta.dir}/../../node_modules`, followSymlinks: false }))
    found.push(path);
  expect(found).toEqual(["@better-auth/core/package.json"]);
});
