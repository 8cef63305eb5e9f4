import { and, eq, getTableColumns, is } from "drizzle-orm";
import { getTableConfig, type PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { Sample } from "../../src/http/module.ts";
import { modules } from "../../src/modules.ts";
import * as schema from "../../src/schema.ts";
import type { Actor } from "../harness/actor.ts";
import type { Organization, Service } from "../harness/app.ts";
import { operations } from "./document.ts";

/** Rows of one organization, by table: the ids that a path may name. */
export type Rows = ReadonlyMap<string, readonly string[]>;

/** Every table of the merged schema, by its name in the database. */
export const tables: ReadonlyMap<string, PgTable> = new Map(
  Object.values(schema as Record<string, unknown>)
    .filter((value): value is PgTable => is(value, PgTable))
    .map((table) => [getTableConfig(table).name, table]),
);

/** What the modules say that a path's segments name, and how a row of each of their tables is made. */
const samples: ReadonlyMap<string, Sample> = new Map(modules.flatMap((module) => Object.entries(module.samples ?? {})));

const rowSamples = [...samples.values()].filter((sample) => "table" in sample);

/** What every world has: the organization and its people, which the harness makes, and how they sign in. */
const cast: Readonly<Record<string, Sample>> = {
  orgs: { table: "organization" },
  users: { table: "user" },
  members: { table: "member" },
  sessions: { table: "session" },
  passkeys: { table: "passkey" },
  providers: { table: "account" },
};

/** The tables that belong to organizations and have several rows in each of them. */
export const organizationTables = [...tables.keys()].filter((name) => {
  const { organizationId } = getTableColumns(tables.get(name)!) as Record<string, PgColumn>;
  return organizationId !== undefined && !organizationId.primary && name !== "member";
});

/** How a row of a table is made. @throws with what to add where no module says it. */
export function sampleOfTable(name: string): Extract<Sample, { table: string }> {
  const sample = rowSamples.find(({ table }) => table === name);
  if (sample) return sample;
  throw new Error(
    `no module has a sample of the table ${name}: add samples: { segment: { table: "${name}", row: (unique) => ({ … }) } } to its Module`,
  );
}

/** Two organizations of one owner, each with rows in every table that belongs to organizations. */
export type World = {
  a: Organization;
  b: Organization;
  owner: Actor;
  rowsOfA: Rows;
  rowsOfB: Rows;
};

export async function openWorld(service: Service): Promise<World> {
  const b = await service.organization();
  const a = await service.organization(b.owner);
  return { a, b, owner: b.owner, rowsOfA: await makeRows(service, a), rowsOfB: await makeRows(service, b) };
}

/**
 * Puts rows into every table that has an organization_id: one live, and one in the trash where there is a trash.
 * What exists once per organization is there already.
 *
 * @param who joins as a member; by default somebody new.
 */
export async function makeRows(service: Service, organization: Organization, who?: Actor): Promise<Rows> {
  const member = await organization.join("member", who);
  const members = await service.database.db.query.member.findMany({
    where: and(eq(schema.member.userId, member.userId), eq(schema.member.organizationId, organization.id)),
  });
  const made = new Map<string, Record<string, unknown>[]>([
    ["organization", [{ id: organization.id }]],
    // Not the owner first, who walks through the operations: one of them bans a user, another one deletes them.
    ["user", [{ id: member.userId }, { id: organization.owner.userId }]],
    ["member", members],
  ]);
  for (const name of organizationTables) await make(name);
  const sessions = await service.database.db.query.session.findMany({
    where: eq(schema.session.userId, organization.owner.userId),
  });
  // A role goes by its name, which is the organization's alone.
  const ids = new Map(
    [...made].map(([name, rows]) => {
      const { key = "id" } = rowSamples.find(({ table }) => table === name) ?? {};
      return [name, rows.map((row) => String(row[key]))];
    }),
  );
  return ids.set("member", [...members.map(({ id }) => id), member.userId]).set(
    "session",
    sessions.map(({ id }) => id),
  );

  async function make(name: string): Promise<void> {
    const table = tables.get(name);
    if (!table || made.has(name)) return;
    const config = getTableConfig(table);
    const columns = getTableColumns(table) as Record<string, PgColumn>;
    const organizationId = columns["organizationId"];
    if (!organizationId) return;
    const sample = sampleOfTable(name);
    made.set(name, []);
    // By name: drizzle's keys hold columns of their own.
    const references = new Map<string, { table: string; key: string }>();
    for (const key of config.foreignKeys) {
      const { columns: from, foreignColumns, foreignTable } = key.reference();
      const target = getTableConfig(foreignTable).name;
      if (target !== name) await make(target);
      from.forEach((column, at) => {
        if (column.name !== organizationId.name)
          references.set(column.name, { table: target, key: keyOf(foreignTable, foreignColumns[at]) });
      });
    }
    const row = () => ({
      ...Object.fromEntries(
        Object.entries(columns).flatMap(([key, column]) => {
          if (column.generated) return [];
          if (column === organizationId || key === "referenceId") return [[key, organization.id]];
          const reference = references.get(column.name);
          if (!reference) return column.notNull && !column.hasDefault ? given(key) : [];
          if (key === "deletedBy" || reference.table === name) return [];
          return [[key, made.get(reference.table)?.[0]?.[reference.key]]];
        }),
      ),
      ...sample.row?.(Bun.randomUUIDv7()),
    });
    const rows = [row(), ...(columns["deletedAt"] ? [{ ...row(), deletedAt: new Date() }] : [])];
    made.set(name, await service.database.db.insert(table).values(rows).returning());
  }
}

/** What every row has. */
function given(key: string): [string, unknown][] {
  if (key === "id") return [[key, Bun.randomUUIDv7()]];
  return key === "createdAt" || key === "updatedAt" ? [[key, new Date()]] : [];
}

/** Rows that are everybody's, by table: those of platform administrators. */
export async function makeSharedRows({ database }: Service): Promise<Rows> {
  const shared = [...tables].filter(([, table]) => "audience" in getTableColumns(table));
  const made = shared.map(async ([name, table]): Promise<[string, string[]]> => {
    const row = {
      ...Object.fromEntries([...given("createdAt"), ...given("updatedAt")]),
      ...sampleOfTable(name).row?.(Bun.randomUUIDv7()),
    };
    const rows: Record<string, unknown>[] = await database.db.insert(table).values(row).returning();
    return [name, rows.map(({ id }) => String(id))];
  });
  return new Map(await Promise.all(made));
}

const keyOf = (table: PgTable, column: PgColumn | undefined): string =>
  Object.entries(getTableColumns(table)).find(([, { name }]) => name === column?.name)?.[0] ?? "";

/** What the part of a path before `{param}` says that it names. @throws with what to add where no module says it. */
export function sampleBehind(path: string, param: string): Sample {
  const segment = new RegExp(`([^/]+)/\\{${param}\\}`).exec(path)?.[1] ?? "";
  const sample = cast[segment] ?? samples.get(segment);
  if (sample) return sample;
  throw new Error(
    `no module says what {${param}} of ${path} names: add samples: { "${segment}": { table, row } } to its Module`,
  );
}

/** The parameters that name the same thing everywhere, with it. */
const values = new Map(
  operations.flatMap(({ path, params }) =>
    params.flatMap((param): [string, string][] => {
      const sample = param === "org" ? undefined : sampleBehind(path, param);
      return sample && "value" in sample ? [[param, sample.value]] : [];
    }),
  ),
);

/** Every way to fill a path's parameters but `{org}` with these rows: live ones first, then those in the trash. */
export function fillings(path: string, params: string[], rows: Rows): Record<string, string>[] {
  let ways: Record<string, string>[] = [{}];
  for (const param of params) {
    if (param === "org") continue;
    const sample = sampleBehind(path, param);
    const named = "value" in sample ? [sample.value] : (rows.get(sample.table) ?? []);
    if (named.length === 0) throw new Error(`there is no row for {${param}} of ${path}`);
    ways = ways.flatMap((way) => named.map((value) => ({ ...way, [param]: value })));
  }
  return ways;
}

/** Whether a parameter names the same thing in every organization. */
export const isWord = (param: string): boolean => values.has(param);

/** Everything that the organization has, as text that can be compared. */
export async function contentsOf(service: Service, organizationId: string): Promise<string[]> {
  const lines: string[] = [];
  for (const [name, table] of tables) {
    const { organizationId: owner, id } = getTableColumns(table) as Record<string, PgColumn>;
    const column = name === "organization" ? id : owner;
    if (!column) continue;
    const rows = await service.database.db.select().from(table).where(eq(column, organizationId));
    lines.push(...rows.map((row) => `${name} ${JSON.stringify(row)}`));
  }
  return lines.toSorted();
}
