import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { compactVerify, importJWK } from "jose";
import { currentHead, differsFrom, headKey } from "../../src/history/head.ts";
import { openPlace } from "../../src/history/place.ts";
import { publishHead } from "../../src/history/publish.ts";
import { sealAll } from "../../src/history/seal.ts";
import { verifyHistory } from "../../src/history/verify.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh.dispose());

const iss = "https://auth.example.com";
const key = headKey("a secret of more than thirty-two characters");
const exec = (sql: string) => fresh.database.session((connection) => connection.exec(sql));
const past = (sql: string) => exec(`begin; set local session_replication_role = replica; ${sql}; commit`);

async function writeAndSeal(): Promise<void> {
  await exec(`insert into audit_event (id, actor_type, action, entity_type, entity_id, changes, created_at)
    values ('${Bun.randomUUIDv7()}', 'system', 'thing.made', 'thing', 'x', '{}', now())`);
  await sealAll({ database: fresh.database, clock: () => new Date() });
}

async function head() {
  const found = await currentHead(fresh.database, iss);
  if (!found) throw new Error("nothing is sealed");
  return found;
}

test("a head is a JWS that anybody verifies by the public key, and that one changed byte spoils", async () => {
  await writeAndSeal();
  const jws = key.sign(await head());
  const { payload, protectedHeader } = await compactVerify(jws, await importJWK(key.jwk, "EdDSA"));
  expect(JSON.parse(new TextDecoder().decode(payload))).toEqual(await head());
  expect(protectedHeader).toEqual({ alg: "EdDSA", kid: key.jwk["kid"]!, typ: "gatehouse-head+jws" });
  expect(key.open(`${jws}\n`)).toEqual(await head());
  for (const at of [3, jws.indexOf(".") + 20, jws.length - 20]) {
    const other = jws[at] === "A" ? "B" : "A";
    expect(key.open(jws.slice(0, at) + other + jws.slice(at + 1))).toBeNull();
  }
  expect(headKey("another secret of thirty-two characters").open(jws)).toBeNull();
  expect(key.open("nothing")).toBeNull();
});

test("a head shows that the end was removed, and that all was sealed anew, where the seals alone don't", async () => {
  for (let n = 0; n < 3; n++) await writeAndSeal();
  const kept = await head();
  await writeAndSeal();
  expect(await differsFrom(fresh.database, kept)).toBeNull();
  await past(`delete from audit_event where id = any (select unnest(events) from audit_seal where batch >= ${kept.batch});
    delete from audit_seal where batch >= ${kept.batch}; delete from audit_batch where number >= ${kept.batch}`);
  expect((await verifyHistory(fresh.database)).fault).toBeNull();
  expect(await differsFrom(fresh.database, kept)).toContain("its end was removed");
  await past(`delete from audit_seal; delete from audit_batch; insert into audit_unsealed select id from audit_event`);
  for (let n = 0; n < kept.batch; n++) await writeAndSeal();
  expect((await verifyHistory(fresh.database)).fault).toBeNull();
  expect(await differsFrom(fresh.database, kept)).toContain("sealed a second time");
});

test("heads are published each to a file of its own, and none twice", async () => {
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-heads-"));
  try {
    const ports = { database: fresh.database, key, place: openPlace(join(directory, "heads")) };
    await writeAndSeal();
    const first = await publishHead(ports, iss, 0);
    expect(await publishHead(ports, iss, first)).toBe(first);
    await writeAndSeal();
    expect(await publishHead(ports, iss, first)).toBe(first + 1);
    const files = (await readdir(join(directory, "heads"))).toSorted();
    expect(files.length).toBe(2);
    const last = await Bun.file(join(directory, "heads", files[1]!)).text();
    expect(key.open(last)).toEqual(await head());
    const nowhere = openPlace("/dev/null/heads").write("head.jws", "");
    expect(await nowhere.then(String, String)).toContain("can't be written to /dev/null/heads (ENOTDIR)");
  } finally {
    await rm(directory, { recursive: true });
  }
});
