import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { sqlState } from "../../src/db/errors.ts";
import { guard } from "../../src/db/guards.ts";
import { sealAll, sealBatch } from "../../src/history/seal.ts";
import { verifyHistory } from "../../src/history/verify.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh.dispose());

const clock = () => new Date("2026-05-01T12:00:00Z");
const ports = () => ({ database: fresh.database, clock });
const exec = (sql: string) => fresh.database.session((connection) => connection.exec(sql));
const past = (sql: string) => exec(`begin; set local session_replication_role = replica; ${sql}; commit`);

const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;

/** Events `from` to `to` of three organizations and of none, in turn, written as anybody writes them. */
const write = (from: number, to: number) =>
  exec(`insert into audit_event (id, organization_id, actor_type, action, entity_type, entity_id, changes, created_at)
    select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, nullif('o' || n % 4, 'o0'), 'system', 'thing.made',
      'thing', n::text, '{"name": {"from": null, "to": "\u00e9"}}', now() from generate_series(${from}, ${to}) n`);

const verdict = (chain?: string) =>
  verifyHistory(fresh.database, { page: 2, ...(chain === undefined ? {} : { chain }) });

beforeEach(async () => {
  await past("truncate audit_event, audit_seal, audit_batch, audit_unsealed");
  await write(1, 12);
  for (let n = 0; n < 4; n++) await sealBatch(ports(), 3);
});

test("what is written is sealed by and by, in a chain of each organization, and holds", async () => {
  expect(await verdict()).toEqual({ sealed: 12, unsealed: 0, batches: 4, fault: null });
  await write(13, 14);
  expect(await verdict()).toEqual({ sealed: 12, unsealed: 2, batches: 4, fault: null });
  expect(await sealAll(ports())).toBe(2);
  expect(await verdict("o1")).toEqual({ sealed: 4, unsealed: 0, batches: 5, fault: null });
  const chains = await fresh.database.statement(
    "chains",
    "select chain, count(*)::int as seals, max(seq)::int as last from audit_seal group by 1 order by 1",
    [],
  );
  expect(chains).toEqual(
    ["", "o1", "o2", "o3"].map((chain) => ({
      chain,
      seals: 3 + Number(["o1", "o2"].includes(chain)),
      last: 3 + Number(["o1", "o2"].includes(chain)),
    })),
  );
});

test("ten processes that seal at once seal each event once", async () => {
  await write(13, 60);
  const rounds = await Promise.all(Array.from({ length: 10 }, () => sealBatch(ports(), 48)));
  expect(rounds.reduce<number>((sum, sealed) => sum + (sealed ?? 0), 0)).toBe(48);
  expect(await verdict()).toMatchObject({ sealed: 60, unsealed: 0, fault: null });
});

test("a transaction that commits after later ones were sealed is sealed then", async () => {
  if (fresh.url === undefined) return;
  await fresh.database.db.transaction(async (tx) => {
    await tx.execute(`insert into audit_event (id, actor_type, action, entity_type, entity_id, changes, created_at)
      values ('${id(13)}', 'system', 'thing.made', 'thing', '13', '{}', now())`);
    await write(14, 15);
    expect(await sealAll(ports())).toBe(2);
  });
  expect(await sealAll(ports())).toBe(1);
  expect(await verdict()).toMatchObject({ sealed: 15, fault: null });
});

describe("with the triggers off, verification names the first event that", () => {
  const attacks: [string, string, object][] = [
    [
      "was changed",
      `update audit_event set actor_id = 'x' where id >= '${id(6)}'`,
      { kind: "changed", eventId: id(6), organizationId: "o2" },
    ],
    [
      "was backdated",
      `update audit_event set created_at = created_at - interval '1 ms' where id = '${id(4)}'`,
      { kind: "changed", eventId: id(4), organizationId: null },
    ],
    [
      "went to another organization",
      `update audit_event set organization_id = 'o3' where id = '${id(5)}'`,
      { kind: "changed", eventId: id(5), organizationId: "o1" },
    ],
    [
      "was removed",
      `delete from audit_event where id in ('${id(7)}', '${id(11)}')`,
      { kind: "removed", eventId: id(7), organizationId: "o3" },
    ],
    [
      "was removed with its seal",
      `delete from audit_event where id = '${id(1)}'; delete from audit_seal where chain = 'o1' and seq = 1`,
      { kind: "seal", detail: expect.stringContaining("batch 1") },
    ],
    [
      "was inserted",
      `insert into audit_event (id, organization_id, actor_type, action, entity_type, entity_id, changes, created_at) select '${id(99)}', organization_id, actor_type, action, entity_type, entity_id, changes, created_at from audit_event where id = '${id(2)}'`,
      { kind: "inserted", eventId: id(99), organizationId: "o2" },
    ],
  ];
  test.each(attacks)("%s", async (_, sql, fault) => {
    await past(sql);
    expect((await verdict()).fault).toMatchObject(fault);
  });

  test("was changed, in its organization's chain alone", async () => {
    await past(`update audit_event set action = 'thing.kept' where id = '${id(6)}'`);
    expect((await verdict("o2")).fault).toMatchObject({ kind: "changed", eventId: id(6) });
    expect((await verdict("o1")).fault).toBeNull();
  });

  test("was removed before it was sealed", async () => {
    await write(13, 14);
    await past(`delete from audit_event where id = '${id(13)}'`);
    await sealAll(ports());
    expect((await verdict()).fault).toMatchObject({ kind: "removed", eventId: id(13) });
  });
});

describe("with the triggers off, verification names the seal that", () => {
  const attacks: [string, string, string][] = [
    [
      "fits its changed event",
      `update audit_seal set leaves = overlay(leaves placing '\\x00'::bytea from 1) where chain = 'o1' and seq = 2`,
      "seal 2 of the chain was changed",
    ],
    [
      "was computed anew",
      `update audit_seal set leaves = ''::bytea, events = '{}', digest = sha256(sha256('o1') || int8send(1)) where chain = 'o1' and seq = 1`,
      "batch 1, or a seal of it",
    ],
    ["went with its batch", "delete from audit_batch where number = 2", "batch 2 was removed"],
    [
      "went with all of its batch",
      "delete from audit_batch where number = 2; delete from audit_seal where batch = 2",
      "was removed",
    ],
    ["was the last", "delete from audit_seal where batch = 4", "the seals of batch 4 were removed"],
  ];
  test.each(attacks)("%s", async (_, sql, detail) => {
    await past(sql);
    expect((await verdict()).fault).toMatchObject({ kind: "seal", detail: expect.stringContaining(detail) });
  });
});

test.each(["audit_seal", "audit_batch"])("%s is appended to and never rewritten", async (table) => {
  for (const text of [`update ${table} set digest = ''`, `delete from ${table}`, `truncate ${table}`])
    expect(await exec(text).then(String, sqlState)).toBe(guard.appendOnly);
  const asRequest = fresh.database.transaction({ "app.organization_id": "o1", "app.user_id": "" }, (tx) =>
    tx.execute(`select from ${table}`),
  );
  expect(await asRequest.then(String, sqlState)).toBe("42501");
});
