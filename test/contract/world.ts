import { and, eq, getTableColumns, is } from "drizzle-orm";
import { getTableConfig, type PgColumn, PgTable } from "drizzle-orm/pg-core";
import { generateApiKey, hashApiKey, permissionColumn } from "../../src/core/api-key.ts";
import type { Permission } from "../../src/core/permission.ts";
import * as schema from "../../src/schema.ts";

import type { Actor } from "../harness/actor.ts";
import type { Organization, Service } from "../harness/app.ts";

/** Rows of one organization, by table: the ids that a path may name. */
export type Rows = ReadonlyMap<string, readonly string[]>;

/** Every table of the merged schema, by its name in the database. */
export const tables: ReadonlyMap<string, PgTable> = new Map(
  Object.values(schema as Record<string, unknown>)
    .filter((value): value is PgTable => is(value, PgTable))
    .map((table) => [getTableConfig(table).name, table]),
);

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
  for (const name of tables.keys()) await make(name);
  const sessions = await service.database.db.query.session.findMany({
    where: eq(schema.session.userId, organization.owner.userId),
  });
  // A role goes by its name, which is the organization's alone.
  const ids = new Map([...made].map(([name, rows]) => [name, rows.map((row) => String(row[keys[name] ?? "id"]))]));
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
    if (!organizationId || organizationId.primary) return;
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
    const row = () =>
      Object.fromEntries(
        Object.entries(columns).flatMap(([key, column]) => {
          if (column.generated) return [];
          if (column === organizationId || key === "referenceId") return [[key, organization.id]];
          const reference = references.get(column.name);
          if (reference) {
            if (key === "deletedBy" || reference.table === name) return [];
            return [[key, made.get(reference.table)?.[0]?.[reference.key]]];
          }
          return column.notNull && !column.hasDefault ? [[key, valueFor(column)]] : [];
        }),
      );
    const rows = [row(), ...(columns["deletedAt"] ? [{ ...row(), deletedAt: new Date() }] : [])];
    made.set(name, await service.database.db.insert(table).values(rows).returning());
  }
}

/** Somebody who holds an API key of the organization, made by its owner, with these permissions. */
export async function keyHolder(
  service: Service,
  organization: Organization,
  permissions: Permission[],
): Promise<Actor> {
  const key = generateApiKey();
  const [made] = await service.database.db
    .insert(schema.apikey)
    .values({
      id: Bun.randomUUIDv7(),
      referenceId: organization.id,
      createdBy: organization.owner.userId,
      name: "for a test",
      key: hashApiKey(key),
      permissions: permissionColumn(permissions),
      createdAt: service.clock.now(),
      updatedAt: service.clock.now(),
    })
    .returning();
  if (!made) throw new Error("no key was made");
  const { anonymous } = service;
  const request: Actor["request"] = (method, path, init = {}) =>
    anonymous.request(method, path, { ...init, headers: { authorization: `Bearer ${key}`, ...init.headers } });
  return { ...anonymous, request, get: (path, headers) => request("GET", path, headers ? { headers } : {}) };
}

const keys: Record<string, string> = { organization_role: "role" };

/** Rows that are everybody's, by table: those of platform administrators. */
export async function makeSharedRows({ database }: Service): Promise<Rows> {
  const at = { createdAt: new Date(), updatedAt: new Date() };
  const key = `shared-${Bun.randomUUIDv7()}`;
  const views = await database.db
    .insert(schema.view)
    .values({ key, name: "Shared", url: "/shared", ...at })
    .returning();
  const items = await database.db
    .insert(schema.menuItem)
    .values({ label: "Shared", ...at })
    .returning();
  return new Map([
    ["view", views.map(({ id }) => id)],
    ["menu_item", items.map(({ id }) => id)],
  ]);
}

const keyOf = (table: PgTable, column: PgColumn | undefined): string =>
  Object.entries(getTableColumns(table)).find(([, { name }]) => name === column?.name)?.[0] ?? "";

function valueFor(column: PgColumn): unknown {
  if (column.enumValues?.length) return column.enumValues[0];
  switch (column.dataType) {
    case "boolean":
      return false;
    case "number":
      return 1;
    case "date":
      return new Date(Date.now() + 86_400_000);
    case "json":
      return {};
    default:
      if (column.columnType === "PgDateString") return "2026-01-01";
      if (column.name === "permission") return "{}";
      return column.name === "email" ? `row-${Bun.randomUUIDv7()}@example.com` : Bun.randomUUIDv7();
  }
}

/** What stands in a path for something else than a row, the same in every organization. */
const words: Record<string, string> = { permission: "project:read" };

/** The tables whose rows a path's segment names, where it isn't the table's plural. */
const segments: Record<string, string[]> = { orgs: ["organization"], roles: ["organization_role"] };

/** Which tables `{param}` of a path speaks of: the one that the segment before it is the plural of. */
export function tablesBehind(path: string, param: string): string[] {
  const before = new RegExp(`([^/]+)/\\{${param}\\}`).exec(path)?.[1] ?? "";
  if (segments[before]) return segments[before];
  const singular = before.replace(/ies$/, "y").replace(/s$/, "").replaceAll("-", "");
  const found = [...tables.keys()].filter((name) => name.replaceAll("_", "") === singular);
  if (found.length > 0) return found;
  throw new Error(`test/contract/world.ts doesn't know what {${param}} of ${path} names`);
}

/** Every way to fill a path's parameters but `{org}` with these rows: live ones first, then those in the trash. */
export function fillings(path: string, params: string[], rows: Rows): Record<string, string>[] {
  let ways: Record<string, string>[] = [{}];
  for (const param of params) {
    if (param === "org") continue;
    const word = words[param];
    const values = word === undefined ? tablesBehind(path, param).flatMap((table) => rows.get(table) ?? []) : [word];
    if (values.length === 0) throw new Error(`there is no row for {${param}} of ${path}`);
    ways = ways.flatMap((way) => values.map((value) => ({ ...way, [param]: value })));
  }
  return ways;
}

export const isWord = (param: string): boolean => words[param] !== undefined;

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
