import { expect, test } from "bun:test";
import { is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { modules } from "../../src/modules.ts";
import { endingsOf } from "../../src/queue/maintenance.ts";
import * as schema from "../../src/schema.ts";
import { freshDatabase } from "../harness/database.ts";

/** How the rows of a table end where time doesn't end them, or why they don't. */
const others: Readonly<Record<string, string>> = {
  account: "goes with its person",
  audit_batch: "proves the history, and is kept as long",
  audit_event: "is the history",
  audit_seal: "proves the history, and is kept as long",
  audit_unsealed: "is removed by the sealer within a second",
  entitlement: "goes with its organization; one for each module at most",
  heartbeat: "is one row",
  jwks: "is one row for each signing key, which old tokens are verified by",
  member: "goes with its person or its organization, or is removed",
  menu_item: "goes with its organization, or is deleted",
  organization: "is deleted by its owner",
  organization_role: "goes with its organization, or is deleted",
  organization_setting: "goes with its organization; one for each",
  passkey: "goes with its person; twenty at most",
  saved_search: "goes with its organization or its owner, or is deleted",
  subscription: "goes with its organization; one for each",
  two_factor: "goes with its person; one for each",
  user: "is deleted by the person or an administrator; without an account, by maintenance",
  user_preference: "goes with its person; one for each",
  user_profile: "goes with its person; one for each",
  view: "goes with its organization, or is deleted",
};

const tables = Object.values(schema as Record<string, unknown>)
  .filter((value): value is PgTable => is(value, PgTable))
  .map((table) => getTableConfig(table).name);
const ended = Object.values(endingsOf(modules));

test("every table has its end: by time, through the trash, or as is said here, and only one of them", async () => {
  const trashed = tables.filter((name) => modules.some(({ trash }) => trash && trash.kind === name));
  const known = [...ended.map(({ table }) => table), ...trashed, ...Object.keys(others)];
  expect(known.toSorted()).toEqual(tables.toSorted());
});

test("what time ends is found by an index that its column leads", async () => {
  await using fresh = await freshDatabase();
  const leading = await fresh.database.statement<{ name: string }>(
    "",
    `select distinct c.relname || '.' || a.attname as name from pg_index i join pg_class c on c.oid = i.indrelid
    join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0] where i.indisvalid`,
    [],
  );
  const names = new Set(leading.map(({ name }) => name));
  const trash = modules.flatMap(({ trash }) => (trash ? [`${trash.kind}.deleted_at`] : []));
  const wanted = [...ended.map(({ table, at }) => `${table}.${at}`), ...trash];
  expect(wanted.filter((name) => !names.has(name))).toEqual([]);
});
