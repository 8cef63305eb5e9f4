import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { backUp } from "../../src/backup/backup.ts";
import { promote } from "../../src/backup/promote.ts";
import { startBackups } from "../../src/backup/schedule.ts";
import { integrity } from "../../src/db/integrity.ts";
import { migrate } from "../../src/db/migrate.ts";
import { parseConfig } from "../../src/config/index.ts";
import { createLog } from "../../src/ops/log.ts";
import { openPlace as openServicePlace, type Place } from "../harness/place.ts";
import { freshDatabase } from "../harness/postgres.ts";
import { startService } from "../harness/process.ts";
import { until } from "../harness/time.ts";
import { send, visitor } from "../harness/visitor.ts";
import { run } from "./command.ts";
import { addPeople, backUpOf, openAt, openRoom, restoreTo, secret, sumsOf } from "./rooms.ts";

const serverUrl = process.env["TEST_DATABASE_URL"];
const AUTH_SECRET = "x".repeat(32);

describe("while the service runs", () => {
  let place: Place;
  beforeAll(async () => {
    place = await openServicePlace();
  });
  afterAll(() => place?.[Symbol.asyncDispose]());

  test("db backup makes a backup of what it has written, and a restore of an embedded database is refused", async () => {
    const env = { ...place.env, AUTH_SECRET };
    await using service = await startService({ env });
    await visitor(service.url);
    const backup = await run(["db", "backup"], { env, cwd: place.directory });
    expect([backup.code, backup.out]).toEqual([0, expect.stringMatching(/^\d{8}T\d{9}Z\n$/)]);
    // A line for each table, where nobody looks at a terminal.
    expect(backup.err.split("\n")).toContain("backing up user");
    const { out } = await run(["db", "backups"], { env, cwd: place.directory });
    expect(out).toStartWith(`${backup.out.trim()}  `);
    if (serverUrl) return;
    expect((await stat(`${place.directory}/data.sock`)).mode & 0o077).toBe(0);
    const restored = await run(["db", "restore", "latest", "--force"], { env, cwd: place.directory });
    expect([restored.code, restored.err.trim().split("\n").at(-1)]).toEqual([1, expect.stringContaining("is in use")]);
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  });
});

describe("by schedule", () => {
  test("replicas that find a backup due make one, keep on when a place fails, and give one up when they stop", async () => {
    await using room = await openRoom();
    await addPeople(room.database, 1, 10);
    const lines: string[] = [];
    const outcomes: string[] = [];
    const replica = (BACKUP_TO: string) =>
      startBackups(
        {
          config: parseConfig({ BACKUP_TO, DATABASE_URL: room.url }),
          database: room.database,
          clock: () => new Date(),
          log: createLog("info", { write: (line) => void lines.push(line) }),
          metrics: { backedUp: (outcome) => void outcomes.push(outcome) },
          secret,
        },
        (err) => (err as Error).message,
        5,
      );
    // An embedded database has one replica.
    const replicas = serverUrl ? [1, 2, 3].map(() => replica(room.store.place)) : [replica(room.store.place)];
    await until(() => outcomes.filter((outcome) => outcome === "found").length > 5);
    await Promise.all(replicas.map((each) => each.stop()));
    expect((await room.store.names()).length).toBe(1);
    expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(1);
    expect(lines.filter((line) => line.includes('"msg":"backup"'))).toHaveLength(1);

    const failing = replica("/proc/self/status");
    await until(() => outcomes.filter((outcome) => outcome === "failed").length > 1);
    await failing.stop();
    expect(lines.at(-1)).toContain("correct --to, --from or BACKUP_TO");

    const stopping = AbortSignal.abort();
    const ports = {
      database: room.database,
      urls: { url: room.url },
      clock: () => new Date(),
      secret,
      signal: stopping,
    };
    expect(backUp(ports, room.store)).rejects.toThrow("given up");
    await until(async () => (await room.store.names()).length === 1);
  });
});

test("a missing program, a database that is away, a wrong name and a wrong argument are one line each, and a code", async () => {
  await using room = await openRoom();
  const away = { DATABASE_URL: "postgres://u:hunter2@127.0.0.1:1/none", STATE_DIR: room.directory };
  const cases: [string[], Record<string, string>, number, RegExp][] = [
    [["db", "backup"], away, 1, /^PostgreSQL at 127\.0\.0\.1:1, database none, doesn't answer/],
    [["db", "backup", "--to", "s3://bucket"], away, 1, /set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY/],
    [["db", "restore", "latest"], away, 1, /^there is no backup latest in .*: see db backups/],
    [["db", "backups", "prune", "--days", "0"], away, 2, /whole number from 1 up/],
  ];
  if (serverUrl)
    cases.push([
      ["db", "backup"],
      { ...away, DATABASE_URL: room.url, PATH: dirname(process.execPath) },
      1,
      /^pg_dump can't be found: install/,
    ]);
  for (const [args, env, code, said] of cases) {
    const ran = await run(args, { env, cwd: room.directory });
    expect([args, ran.code, ran.err]).toEqual([args, code, expect.stringMatching(said)]);
    if (code === 1) expect(ran.err.trim().split("\n")).toHaveLength(1);
    expect(ran.err + ran.out).not.toContain("hunter2");
  }
});

describe.skipIf(!serverUrl)("on PostgreSQL", () => {
  test("promote moves an embedded installation with its sessions and keys, and a second time is refused", async () => {
    await using room = await openRoom();
    const embedded = { STATE_DIR: room.directory, DATABASE_URL: `pglite:${room.directory}/data` };
    let cookie = "";
    let key = "";
    {
      await using service = await startService({ env: embedded });
      const who = await visitor(service.url);
      cookie = who.cookie;
      await who.send("POST", "/v1/orgs", { name: "Acme", slug: "acme" });
      const made = await who.send("POST", "/v1/orgs/acme/api-keys", { name: "for a test" });
      key = (made.body as { key: string }).key;
      await service.stop();
    }
    const moved = await run(["promote", room.url], { env: embedded, cwd: room.directory });
    expect([moved.code, moved.out]).toEqual([0, expect.stringMatching(/^moved \d+ rows of \d+ tables, 1 people/)]);
    expect(moved.err).toContain(`AUTH_SECRET=$(cat ${room.directory}/secret)`);
    const source = await openAt(embedded.DATABASE_URL);
    const again = await promote(source, room.database, () => {}).catch((err: Error) => err.message);
    expect(again).toMatch(/isn't empty: name an empty one$/);
    await source.close();
    await using service = await startService({ env: { ...embedded, DATABASE_URL: room.url } });
    expect((await send(service.url, cookie, "GET", "/v1/me")).status).toBe(200);
    const verified = await fetch(`${service.url}/v1/verify`, { headers: { authorization: `Bearer ${key}` } });
    expect(verified.status).toBe(200);
    const project = await send(service.url, cookie, "POST", "/v1/orgs/acme/projects", { name: "Apollo" });
    expect(project.status).toBe(201);
  }, 180_000);

  test("an owner who is no superuser backs up the rows that row-level security is forced on, and restores them", async () => {
    await using room = await openRoom();
    const [name] = [`gatehouse_owner_${process.pid}`];
    const admin = await openAt(serverUrl ?? "");
    const made = [await freshDatabase(serverUrl ?? ""), await freshDatabase(serverUrl ?? "")];
    try {
      await admin.statement("", `create role ${name} login password 'x'`, []);
      await admin.statement("", `grant gatehouse_app to ${name}`, []);
      const urls: string[] = [];
      for (const [i, fresh] of made.entries()) {
        const database = new URL(fresh.url ?? "").pathname.slice(1);
        await fresh.database.close();
        await admin.statement("", `drop database ${database}`, []);
        await admin.statement("", `create database ${database} owner ${name}`, []);
        const url = new URL(fresh.url ?? "");
        [url.username, url.password] = [name, "x"];
        urls[i] = url.href;
      }
      const source = await openAt(urls[0] ?? "");
      await migrate(source);
      await addPeople(source, 1, 20);
      await source.statement(
        "",
        `insert into audit_event (id, action, entity_type, entity_id, actor_type, changes, created_at)
         values (gen_random_uuid(), 'a.b', 'a', 'b', 'system', '{}', now())`,
        [],
      );
      const manifest = await backUpOf({ ...room, database: source, url: urls[0] ?? "" });
      await source.close();
      expect(manifest.tables.find((table) => table.name === "audit_event")?.rows).toBe(1);
      await restoreTo(urls[1] ?? "", room.store);
      const target = await openAt(urls[1] ?? "");
      expect((await sumsOf(target))["user"]).toStartWith("20 ");
      expect(await target.session((on) => integrity(on, new Map([["audit_event", 1]])))).toEqual([]);
      await target.close();
    } finally {
      for (const fresh of made) await fresh.dispose();
      await admin.statement("", `drop role if exists ${name}`, []);
      await admin.close();
    }
  });
});
