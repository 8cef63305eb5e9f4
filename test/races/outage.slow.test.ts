import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openDatabase } from "../../src/db/open.ts";
import * as schema from "../../src/schema.ts";
import { openCluster, type Cluster, postgresPrograms } from "../harness/cluster.ts";
import { type ServiceProcess, startService } from "../harness/process.ts";
import { send, password, type Visitor, visitor } from "../harness/visitor.ts";

if (postgresPrograms === null) console.warn("skipped: an outage of PostgreSQL, since initdb isn't installed");

describe.skipIf(postgresPrograms === null)("PostgreSQL goes away and comes back", () => {
  let cluster: Cluster;
  let service: ServiceProcess;
  let who: Visitor;

  beforeAll(async () => {
    cluster = await openCluster();
    service = await startService({ env: { DATABASE_URL: cluster.url, STATE_DIR: `${cluster.directory}/state` } });
    who = await visitor(service.url);
    await who.send("POST", "/v1/orgs", { name: "Acme", slug: "acme" });
  });

  afterAll(async () => {
    await service?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
  });

  const signIn = () => send(service.url, "", "POST", "/api/auth/sign-in/email", { email: who.email, password });
  const requests: [string, () => ReturnType<Visitor["send"]>, number][] = [
    ["GET /api/auth/get-session", () => who.send("GET", "/api/auth/get-session"), 200],
    ["GET /api/auth/list-sessions", () => who.send("GET", "/api/auth/list-sessions"), 200],
    ["GET /api/auth/token", () => who.send("GET", "/api/auth/token"), 200],
    ["GET /api/auth/jwks", () => who.send("GET", "/api/auth/jwks"), 200],
    ["POST /api/auth/sign-in/email", signIn, 200],
    ["POST /api/auth/sign-up/email", () => signUp(), 200],
    ["POST /api/auth/update-user", () => who.send("POST", "/api/auth/update-user", { name: "New" }), 200],
    ["POST /api/auth/organization/create", () => createOrganization(), 200],
    ["GET /api/auth/organization/list", () => who.send("GET", "/api/auth/organization/list"), 200],
    ["GET /v1/me/organizations", () => who.send("GET", "/v1/me/organizations"), 200],
    ["GET /v1/orgs/{org}/projects", () => who.send("GET", "/v1/orgs/acme/projects"), 200],
    ["POST /v1/orgs/{org}/projects", () => createProject(), 201],
    ["GET /v1/verify", () => who.send("GET", "/v1/verify"), 200],
    ["GET /readyz", () => who.send("GET", "/readyz"), 200],
  ];
  const unique = () => Bun.randomUUIDv7();
  const signUp = () =>
    send(service.url, "", "POST", "/api/auth/sign-up/email", { email: `${unique()}@example.com`, name: "X", password });
  const createOrganization = () =>
    who.send("POST", "/api/auth/organization/create", { name: "X", slug: `org-${unique().slice(-12)}` });
  const createProject = () => who.send("POST", "/v1/orgs/acme/projects", { name: unique() });

  /** Asks until the answer is `status`. Every answer before it must be among `meanwhile`. */
  async function until(status: number, meanwhile: number[], ask: () => ReturnType<Visitor["send"]>) {
    for (;;) {
      const answer = await ask();
      if (answer.status === status) return answer;
      expect(meanwhile).toContain(answer.status);
    }
  }

  test("everything answers before", async () => {
    for (const [name, ask, status] of requests) expect([name, (await ask()).status]).toEqual([name, status]);
  });

  test("503 with Retry-After on everything but /livez while it is away, never a 401 and never a stale 200", async () => {
    await cluster.stop();
    // What was verified before may be believed for as long as the cache's heartbeat may be late.
    await until(503, [200], () => who.send("GET", "/v1/verify"));
    for (const [name, ask] of requests) {
      const { status, headers, text } = await ask();
      expect([name, status]).toEqual([name, 503]);
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
      expect(text).not.toMatch(/ECONNREFUSED|select|127\.0\.0\.1/i);
    }
    expect((await who.send("GET", "/livez")).status).toBe(200);
  });

  test("it recovers by itself when the database is back", async () => {
    await cluster.start();
    await until(200, [503], () => who.send("GET", "/readyz"));
    for (const [name, ask, status] of requests) {
      expect([name, (await until(status, [503], ask)).status]).toEqual([name, status]);
    }
  });

  const write = (name: string) => name.startsWith("POST") || name === "GET /readyz";
  const all = () => true;
  const reconnect = `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'gatehouse%'
    and pid <> pg_backend_pid()`;
  const setting = (change: string) => [`alter system ${change}`, "select pg_reload_conf()"];
  const full = (on: string) => `create trigger test_full before insert or update on ${on} execute function test_full()`;
  const raise = `create function test_full() returns trigger language plpgsql as
    $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`;
  const tables = ["session", "project", "organization", '"user"'];
  const faults: { name: string; on: string[]; off: string[]; hits: (request: string) => boolean; within?: true }[] = [
    {
      name: "is read-only",
      on: setting("set default_transaction_read_only = on"),
      off: ["set transaction_read_only = off", ...setting("reset default_transaction_read_only")],
      hits: write,
    },
    {
      name: "has no room on its disk",
      on: [raise, ...tables.map(full)],
      off: ["drop function test_full cascade"],
      hits: (name) => write(name) && name !== "GET /readyz",
      within: true,
    },
    {
      name: "takes no connections to this database",
      on: ["alter database postgres with allow_connections false", reconnect],
      off: ["alter database postgres with allow_connections true"],
      hits: all,
    },
    {
      name: "has lost this database",
      on: [`${reconnect} and datname = 'postgres'`, "alter database postgres rename to elsewhere"],
      off: ["alter database elsewhere rename to postgres"],
      hits: all,
    },
    {
      name: "doesn't let the role in",
      on: ["alter role postgres nologin", reconnect],
      off: ["alter role postgres login"],
      hits: all,
    },
  ];

  for (const { name: fault, on, off, hits, within } of faults)
    test(`503 with Retry-After on all that can't be done while it ${fault}, never 500 or 401; then as before`, async () => {
      const url = within ? cluster.url : cluster.url.replace(/postgres$/, "template1");
      const admin = await openDatabase({ url, schema, poolMax: 1, statementTimeoutMs: 0 });
      try {
        await admin.session(async ({ exec }) => {
          for (const statement of on) await exec(statement);
          try {
            // The service hears of a cut connection a moment later; verifications may be believed for as long.
            for (const [name, ask] of requests) if (hits(name)) await until(503, [200, 201], ask);
            for (const [name, ask, status] of requests) {
              const answer = await ask();
              expect([name, answer.status]).toEqual([name, hits(name) ? 503 : status]);
              if (answer.status === 503) expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
            }
          } finally {
            for (const statement of off) await exec(statement);
          }
        });
      } finally {
        await admin.close();
      }
      for (const [name, ask, status] of requests)
        expect([name, (await until(status, [503], ask)).status]).toEqual([name, status]);
    });

  test("503 for a verification whose rows are locked, by its lock's or its statement's time limit", async () => {
    const env = { DATABASE_URL: cluster.url, STATE_DIR: `${cluster.directory}/state` };
    for (const limits of [{ DATABASE_STATEMENT_MS: "300" }, { VERIFY_TIMEOUT_MS: "300" }, {}]) {
      await using other = await startService({ env: { ...env, ...limits, VERIFY_CACHE_SIZE: "0" } });
      const admin = await openDatabase({ url: cluster.url, schema });
      await admin.session(async ({ exec }) => {
        if (!("DATABASE_STATEMENT_MS" in limits || "VERIFY_TIMEOUT_MS" in limits)) {
          await exec("alter role postgres set lock_timeout = '200ms'");
          await exec(reconnect);
        }
        await exec("begin; lock table session in access exclusive mode");
        const { status, headers } = await send(other.url, who.cookie, "GET", "/v1/verify");
        expect([limits, status]).toEqual([limits, 503]);
        expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
        await exec("rollback; alter role postgres reset lock_timeout");
      });
      await admin.close();
    }
  });

  test("503 while every connection is taken, and as before when they are free", async () => {
    await until(200, [503], () => who.send("GET", "/readyz"));
    const others = await openDatabase({ url: cluster.url, schema, poolMax: 110, statementTimeoutMs: 0 });
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    const taking = Array.from({ length: 110 }, () => others.session(() => over).catch(() => {}));
    await others.statement("", "select 1", []).catch(() => {});
    const admin = await openDatabase({ url: cluster.url, schema, poolMax: 1 });
    try {
      for (const [name, ask] of requests)
        if (name !== "GET /v1/verify") expect([200, 201, 503]).toContain((await ask()).status);
    } finally {
      end();
      await Promise.all(taking);
      await Promise.all([others.close(), admin.close()]);
    }
    for (const [name, ask, status] of requests)
      expect([name, (await until(status, [503], ask)).status]).toEqual([name, status]);
  });

  test("503 for a verification while PostgreSQL stands still, long before the limit of statements", async () => {
    await until(200, [503], () => who.send("GET", "/v1/verify"));
    await cluster.freeze();
    try {
      // Its statement may take fifteen seconds.
      const slow = who.send("GET", "/api/auth/list-sessions").then(() => "slow");
      const verified = until(503, [200], () => who.send("GET", "/v1/verify")).then(() => "verified");
      const ready = until(503, [], () => who.send("GET", "/readyz")).then(() => "ready");
      expect(await Promise.race([slow, verified])).toBe("verified");
      expect(await Promise.race([slow, ready])).toBe("ready");
      await cluster.thaw();
      await slow;
    } finally {
      await cluster.thaw();
    }
    for (const [name, ask, status] of requests)
      expect([name, (await until(status, [503], ask)).status]).toEqual([name, status]);
  });

  test("requests under way when it goes get 503 or their answer, and nothing else", async () => {
    const asked = Array.from(
      { length: 60 },
      (_, n) => requests[n % requests.length]?.[1]() ?? who.send("GET", "/readyz"),
    );
    const [answers] = await Promise.all([Promise.all(asked), cluster.stop()]);
    for (const { status } of answers) expect([200, 201, 503]).toContain(status);
    await cluster.start();
    await until(200, [503], () => who.send("GET", "/api/auth/get-session"));
  });
});
