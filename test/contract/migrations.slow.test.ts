import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { getTableColumns } from "drizzle-orm";
import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "../../src/db/types.ts";
import { drift } from "../../src/cli/generate.ts";
import { migrate, rollback } from "../../src/db/migrate.ts";
import { readMigrations } from "../../src/db/migration-files.ts";
import * as schema from "../../src/schema.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { type Catalog, catalogOf } from "./catalog.ts";
import { tables } from "./world.ts";

const folder = join(import.meta.dir, "../../drizzle");
const migrations = await readMigrations();
const nothing = generateDrizzleJson({});
const current = generateDrizzleJson(schema);

/** What the guards make, as the catalog names it; row-level security too is theirs to switch on. */
const guarding: RegExp[] = [
  /^trigger /,
  /^constraint \S+ TRIGGER /,
  /^function /,
  /^grant /,
  /^policy /,
  /^schema guard$/,
];

/** What is in the migrations by hand because drizzle can't say it. */
const byHand: RegExp[] = [/^constraint task\.task_assignee_fk /];

/** A catalog without what the guards make. */
const bare = (catalog: Catalog): Catalog =>
  catalog
    .filter((line) => !guarding.some((pattern) => pattern.test(line)))
    .map((line) => line.replace(/, row security(, forced)?$/, ""));

/** Tables that better-auth and verify/ use as their owner; row-level security binds the application's role only. */
const unforced = [
  "apikey",
  "apikey_usage",
  "audit_event",
  "entitlement",
  "invitation",
  "member",
  "organization",
  "organization_role",
  "project",
  "saved_search",
  "task",
  "trail",
];

/** What the application's role may do with a table, where that isn't everything. */
const partial: Record<string, string> = {
  apikey_usage: "SELECT",
  audit_event: "INSERT,SELECT",
  audit_unsealed: "SELECT",
  job: "INSERT",
  own_activity: "SELECT",
};

/** The tables that it may do everything with: those with an organization_id, and these. */
const whole = [
  "apikey",
  "organization",
  "user_preference",
  "user_profile",
  ...[...tables].flatMap(([name, table]) => ("organizationId" in getTableColumns(table) ? [name] : [])),
];

const grants = { ...Object.fromEntries(whole.map((table) => [table, "DELETE,INSERT,SELECT,UPDATE"])), ...partial };

/** The columns of tables that it sees only in part. */
const partly = ["user.email", "user.id", "user.image", "user.name"];

let fresh: FreshDatabase;
let database: Database;
let scratch: string;
/** As every migration at once makes it. */
let atOnce: Catalog;
/** On the way down and up again, after this many migrations. */
const down: Catalog[] = [];
const up: Catalog[] = [];
/** As the migrations one by one and then the guards make it. */
let stepwise: Catalog;
/** As the schema alone makes it. */
let declared: Catalog;

beforeAll(async () => {
  fresh = await freshDatabase();
  ({ database } = fresh);
  scratch = await mkdtemp(join(tmpdir(), "gatehouse-migrations-"));
  atOnce = await catalogOf(database);
  down[migrations.length] = atOnce;
  for (let step = migrations.length; step > 0; step--) {
    await rollback(database);
    down[step - 1] = await catalogOf(database);
  }
  for (let step = 1; step <= migrations.length; step++) {
    await migrate(database, { folder: await firstMigrations(step), guards: null });
    up[step] = await catalogOf(database);
  }
  await migrate(database);
  stepwise = await catalogOf(database);
  for (let step = migrations.length; step > 0; step--) await rollback(database);
  // What drizzle can't declare, and the indexes need.
  await database.session((connection) => connection.exec("create extension pg_trgm; create extension btree_gin"));
  for (const statement of await generateMigration(nothing, current))
    await database.session((connection) => connection.exec(statement));
  declared = await catalogOf(database);
});

afterAll(async () => {
  await fresh?.dispose();
  await rm(scratch, { recursive: true, force: true });
});

/** A folder that holds the first migrations only, as it was when there were no more. */
async function firstMigrations(count: number): Promise<string> {
  const path = join(scratch, String(count));
  await mkdir(join(path, "meta"), { recursive: true });
  const journal = (await Bun.file(join(folder, "meta/_journal.json")).json()) as { entries: { tag: string }[] };
  const entries = journal.entries.slice(0, count);
  for (const { tag } of entries) await cp(join(folder, `${tag}.sql`), join(path, `${tag}.sql`));
  await Bun.write(join(path, "meta/_journal.json"), JSON.stringify({ ...journal, entries }));
  return path;
}

const without = (catalog: Catalog, other: Catalog): string[] => catalog.filter((line) => !other.includes(line));

describe("the migrations", () => {
  test("lead to the same database step by step as at once", () => {
    expect({ more: without(stepwise, atOnce), less: without(atOnce, stepwise) }).toEqual({ more: [], less: [] });
  });

  for (const [at, { tag }] of migrations.entries()) {
    test(`${tag} is undone by its down file${at === 0 ? ", to the last grant" : ""}`, () => {
      const [before, after] = at === 0 ? [[], down[at] ?? []] : [bare(up[at] ?? []), bare(down[at] ?? [])];
      expect({ left: without(after, before), lost: without(before, after) }).toEqual({ left: [], lost: [] });
    });
  }

  test("make what the schema declares, and by hand only what is listed", () => {
    const [made, said] = [bare(atOnce), bare(declared)];
    expect(without(said, made)).toEqual([]);
    expect(without(made, said).filter((line) => !byHand.some((pattern) => pattern.test(line)))).toEqual([]);
    expect(declared.filter((line) => [...byHand, ...guarding].some((pattern) => pattern.test(line)))).toEqual([]);
  });

  test("are all in the journal, with a down file each, and leave drizzle-kit nothing to generate", async () => {
    expect(await drift()).toEqual([]);
  });
});

describe("the database", () => {
  const rows = <R>(text: string) => fresh.database.statement<R>("", text, []);

  // The schema alone is what stands there since the set-up; the migrations are what counts.
  beforeAll(async () => {
    await fresh.dispose();
    fresh = await freshDatabase();
  });

  test("has an index for every foreign key, so that no delete scans a table", async () => {
    const bare = await rows<{ key: string }>(`
      select k.conrelid::regclass || '.' || k.conname as key from pg_constraint k
      where k.contype = 'f' and k.connamespace = 'public'::regnamespace and not exists (
        select from pg_index i where i.indrelid = k.conrelid and i.indpred is null and i.indisvalid
          and cardinality(k.conkey) = (
            select count(*) from unnest((i.indkey::int2[])[0:cardinality(k.conkey) - 1]) as leads where leads = any (k.conkey)))`);
    expect(bare).toEqual([]);
  });

  test("forces row-level security on every table that holds an organization's rows", async () => {
    const tables = await rows<{ name: string; enabled: boolean; forced: boolean; policed: boolean }>(`
      select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
        exists (select from pg_policy where polrelid = c.oid) as policed
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and (c.relname = 'organization'
        or exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id'))`);
    expect(tables.length).toBeGreaterThan(5);
    for (const { name, ...security } of tables)
      expect({ name, ...security }).toEqual({ name, enabled: true, forced: !unforced.includes(name), policed: true });
  });

  test("lets no policy speak to another role or let everything through, but for the owner's, who backs up", () => {
    const policies = atOnce.filter((line) => line.startsWith("policy "));
    expect(policies.length).toBeGreaterThan(5);
    const loose = policies.filter(
      (line) => !/ to gatehouse_app using /.test(line) || !line.includes("current_setting("),
    );
    const ofOwner = loose.map((line) => line.replace(/ to \w+ /, " to its owner "));
    const backup =
      /^policy (\w+)\.\1_backup PERMISSIVE SELECT to its owner using \(\( SELECT current_setting\('app\.backup'::text, true\) AS current_setting\) = 'on'::text\) check -$/;
    const forced = atOnce.flatMap((line) => /^table (\w+), row security, forced$/.exec(line)?.[1] ?? []);
    expect(ofOwner.flatMap((line) => backup.exec(line)?.[1] ?? []).toSorted()).toEqual(forced.toSorted());
    expect(ofOwner.filter((line) => !backup.test(line))).toEqual([]);
  });

  test("grants the application's role what is listed, and nothing else", () => {
    const given = (pattern: RegExp) =>
      atOnce.flatMap((line) => pattern.exec(line)?.slice(1).join(" ") ?? []).toSorted();
    expect(given(/^grant (\w+) to gatehouse_app (.*)$/)).toEqual(
      Object.entries(grants)
        .map(([table, privileges]) => `${table} ${privileges}`)
        .toSorted(),
    );
    expect(given(/^grant (\w+\.\w+) to gatehouse_app SELECT$/)).toEqual(partly);
    expect(given(/^grant schema (\w+) to gatehouse_app USAGE$/)).toEqual(["guard", "public"]);
    const all = atOnce.filter((line) => line.startsWith("grant "));
    expect(all.length).toBe(Object.keys(grants).length + partly.length + 2);
  });

  test("gives the application's role no table of its own, no login and no way around row-level security", async () => {
    const [role] = await rows(`select rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
      (select count(*)::int from pg_class where relowner = r.oid) as owns from pg_roles r where rolname = 'gatehouse_app'`);
    expect(role).toEqual({
      rolcanlogin: false,
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      owns: 0,
    });
  });

  test("stores every instant with its zone and every number of milliseconds or uses as bigint", async () => {
    const odd = await rows(`
      select c.relname || '.' || a.attname as column, format_type(a.atttypid, a.atttypmod) as type
      from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
        and a.atttypid in ('timestamp'::regtype, 'time'::regtype, 'int4'::regtype, 'json'::regtype, 'float8'::regtype)`);
    expect(odd).toEqual([]);
  });

  test("bounds every column of text or JSON, so that nothing a stranger sends is stored at any length", async () => {
    const unbounded = await rows(`
      select c.relname || '.' || a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
        and a.atttypid::regtype::text in ('text', 'text[]', 'character varying', 'bytea', 'jsonb') and a.attgenerated = ''
        and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum]
          and pg_get_constraintdef(k.oid) ~ ('\\mlength\\(\\(?"?' || a.attname || '"?(\\)::text)?\\) <= \\d+'))`);
    expect(unbounded).toEqual([]);
  });

  test("has no guard that keeps a migration from adding a column with a default to any table", async () => {
    const all = await rows<{ table: string }>(`
      select c.oid::regclass::text as table from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`);
    await fresh.database.session(async ({ exec }) => {
      for (const { table } of all)
        await exec(`begin; alter table ${table} add column added boolean default false; rollback`);
    });
    expect(all.length).toBeGreaterThan(20);
  });

  test("has an index that leads with it for every column named expires_at", async () => {
    // Nobody looks for keys or jobs that have expired: a job is asked when its turn comes.
    const bare = await rows(`
      select c.relname as table from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'expires_at' and c.relname not in ('jwks', 'job')
        and not exists (select from pg_index i where i.indrelid = c.oid and i.indkey[0] = a.attnum)`);
    expect(bare).toEqual([]);
  });
});
