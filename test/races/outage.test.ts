import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { openCluster, type Cluster, postgresPrograms } from "../harness/cluster.ts";
import { type ServiceProcess, startService } from "../harness/process.ts";
import { send, password, type Visitor, visitor } from "../harness/visitor.ts";

setDefaultTimeout(60_000);

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
    for (const deadline = Date.now() + 10_000; ;) {
      const answer = await ask();
      if (answer.status === status) return answer;
      expect(meanwhile).toContain(answer.status);
      if (Date.now() > deadline) throw new Error(`no ${status} within 10 s, but ${answer.status}: ${answer.text}`);
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
