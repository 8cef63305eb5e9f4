import { RedisClient } from "bun";
import { describe, expect, test } from "bun:test";

import { openDatabase } from "../../src/db/open.ts";
import { countInRedis } from "../../src/limits/redis.ts";
import * as schema from "../../src/schema.ts";
import { tally } from "../harness/answer.ts";
import { openService, type Service } from "../harness/app.ts";
import { freshDatabase } from "../harness/database.ts";
import { standStill, until } from "../harness/time.ts";
import { openRedisServer, type RedisServer, redisProgram } from "../harness/redis.ts";

/** Two replicas of the service over one database. PGlite is one process's: there they share it. */
async function replicas(
  env: Record<string, string>,
  run: (one: Service, other: Service) => Promise<void>,
): Promise<void> {
  await using fresh = await freshDatabase();
  const { database, url } = fresh;
  const second = url === undefined ? database : await openDatabase({ url, schema });
  const all = await Promise.all(
    [database, second].map((each) => openService({ database: each, env: { RATE_LIMIT: "on", ...env } })),
  );
  try {
    await run(all[0]!, all[1]!);
  } finally {
    for (const { deps } of all) await deps.close();
    if (second !== database) await second.close();
  }
}

const guess = (service: Service, email: string, n: number, address = "203.0.113.1") =>
  service.anonymous.request("POST", "/api/auth/sign-in/email", {
    body: JSON.stringify({ email, password: `guess ${n}` }),
    headers: { "content-type": "application/json" },
    address,
  });

/** As many at once as `times`, by turns to either replica. */
const atOnce = async (times: number, ask: (n: number) => Promise<{ status: number }>) =>
  tally((await Promise.all(Array.from({ length: times }, (_, n) => ask(n)))).map(({ status }) => status));

async function sharesLimits(env: Record<string, string>): Promise<void> {
  await replicas({ RATE_LIMIT_PER_MINUTE: "50", ...env }, async (one, other) => {
    const { email, cookie } = await one.signUp();
    const pick = (n: number) => (n % 2 ? one : other);
    expect(await atOnce(200, (n) => pick(n).anonymous.get("/v1/me", { cookie }))).toEqual({ 200: 50, 429: 150 });
    expect(await atOnce(40, (n) => guess(pick(n), email, n))).toEqual({ 401: 10, 429: 30 });
    const forged = { authorization: "Bearer gh_forged" };
    const verify = (n: number) => pick(n).anonymous.get("/v1/verify", forged);
    expect(await atOnce(150, verify)).toEqual({ 401: 100, 429: 50 });
    const ask = { email, redirectTo: "/" };
    const reset = (n: number) =>
      pick(n).anonymous.request("POST", "/api/auth/request-password-reset", {
        body: JSON.stringify(ask),
        headers: { "content-type": "application/json" },
        address: `198.51.100.${n}`,
      });
    expect(await atOnce(12, reset)).toEqual({ 200: 5, 429: 7 });
    const signUp = (n: number, password = "correct horse battery") =>
      pick(n).anonymous.request("POST", "/api/auth/sign-up/email", {
        body: JSON.stringify({ email: `crowd-${n}@example.com`, name: "Somebody", password }),
        headers: { "content-type": "application/json" },
        address: "192.0.2.7",
      });
    // Mistyped ones are taken back, one after the other: at once they'd be refused by the others under way.
    for (let n = 0; n < 6; n++) expect((await signUp(n, "short")).status).toBe(400);
    expect(await atOnce(9, (n) => signUp(n))).toEqual({ 200: 3, 429: 6 });
  });
}

const warned = ({ logs }: Service) => logs.filter((line) => line.includes("rate limits"));

describe.skipIf(!process.env["TEST_DATABASE_URL"])("over PostgreSQL", () => {
  test("two replicas admit exactly N together, whatever is counted", () => sharesLimits({}));

  test("the application's role can't reach the counts", async () => {
    await using fresh = await freshDatabase();
    const asTenant = { "app.organization_id": "", "app.user_id": "" };
    const read = fresh.database.transaction(asTenant, (tx) => tx.select().from(schema.rateLimit));
    expect(read).rejects.toMatchObject({ cause: { code: "42501" } });
    await read.catch(() => {});
  });
});

describe.skipIf(redisProgram === null)("over Redis", () => {
  const withRedis = async (run: (redis: RedisServer) => Promise<void>) => {
    await using redis = await openRedisServer();
    await run(redis);
  };

  test("two replicas admit exactly N together, whatever is counted", () =>
    withRedis((redis) => sharesLimits({ REDIS_URL: redis.url })));

  test("an answer that came while this process stood still counts", () =>
    withRedis(async (redis) => {
      const counting = countInRedis(redis.url);
      await counting.ready();
      const counted = counting.count({ name: "stall", points: 5, seconds: 60 }, "a key");
      standStill(700);
      expect(await counted).toMatchObject({ allowed: true, used: 1 });
      counting.close();
    }));

  test("what is kept there ends by itself, and names nobody", () =>
    withRedis((redis) =>
      replicas({ REDIS_URL: redis.url }, async (service) => {
        const { email, get } = await service.signUp();
        await get("/v1/me");
        await guess(service, email, 1);
        const body = JSON.stringify({ email, password: "correct horse battery" });
        const headers = { "content-type": "application/json" };
        await service.anonymous.request("POST", "/api/auth/sign-in/email", { body, headers });
        const client = new RedisClient(redis.url);
        const keys = await client.keys("*");
        expect(keys.length).toBeGreaterThan(4);
        for (const key of keys) {
          expect(key).not.toContain(email.slice(0, 20));
          expect(await client.ttl(key)).toBeGreaterThan(0);
        }
        client.close();
      }),
    ));

  test("stopped, it takes neither sign-in nor the limits with it; the log says so once, and once that it is back", () =>
    withRedis((redis) =>
      replicas({ REDIS_URL: redis.url }, async (one, other) => {
        const { email, cookie } = await one.signUp();
        await redis.stop();
        for (const service of [one, other]) {
          expect(await atOnce(14, (n) => guess(service, email, n))).toEqual({ 401: 10, 429: 4 });
          expect((await service.anonymous.get("/v1/me", { cookie })).status).toBe(200);
          const right = JSON.stringify({ email, password: "correct horse battery" });
          const headers = { "content-type": "application/json" };
          const init = { body: right, headers, address: "203.0.113.2" };
          expect((await service.anonymous.request("POST", "/api/auth/sign-in/email", init)).status).toBe(200);
          expect(warned(service)).toHaveLength(1);
          expect(warned(service)[0]).toContain('"level":"warn"');
        }
        await redis.start();
        for (const service of [one, other]) {
          await until(async () => {
            await service.anonymous.get("/v1/me", { cookie });
            return warned(service).length >= 2;
          });
          expect(warned(service)[1]).toContain("over all replicas again");
        }
        const pick = (n: number) => (n % 2 ? one : other);
        const again = await atOnce(40, (n) => guess(pick(n), email, n, "203.0.113.9"));
        expect(again).toEqual({ 401: 10, 429: 30 });
      }),
    ));

  test("hung, it is waited for once, and not for each request", () =>
    withRedis((redis) =>
      replicas({ REDIS_URL: redis.url }, async (service) => {
        const { cookie } = await service.signUp();
        redis.signal("SIGSTOP");
        for (let n = 0; n < 20; n++) expect((await service.anonymous.get("/v1/me", { cookie })).status).toBe(200);
        expect(warned(service)).toHaveLength(1);
        redis.signal("SIGCONT");
        // Whatever waited did so on a connection of its own, and those are taken now, in their order.
        const client = new RedisClient(redis.url);
        const stats = String(await client.send("INFO", ["stats"]));
        client.close();
        const connections = Number(/total_connections_received:(\d+)/.exec(stats)?.[1]);
        expect(connections).toBeGreaterThan(0);
        expect(connections).toBeLessThan(10);
      }),
    ));

  test("away from the start, the log names it before anything is counted", async () => {
    await using redis = await openRedisServer();
    await redis.stop();
    await replicas({ REDIS_URL: redis.url }, async (service) => {
      await service.deps.limiter.ready();
      expect(warned(service)).toHaveLength(1);
      expect(warned(service)[0]).toContain(
        `Redis at ${new URL(redis.url).host}, database 0, doesn't answer (ECONNREFUSED): start it, or correct host and port in REDIS_URL`,
      );
    });
  });

  test("away from the start, it keeps nobody from starting, and no limit from holding", async () => {
    await using redis = await openRedisServer();
    await redis.stop();
    await replicas({ REDIS_URL: redis.url }, async (service) => {
      const { email } = await service.signUp();
      expect(await atOnce(14, (n) => guess(service, email, n))).toEqual({ 401: 10, 429: 4 });
      expect(warned(service)).toHaveLength(1);
    });
  });
});
