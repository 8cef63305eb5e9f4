import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eq, inArray } from "drizzle-orm";
import { generateApiKey, hashApiKey } from "../../src/core/api-key.ts";
import { apikey } from "../../src/schema.ts";
import type { Database } from "../../src/db/types.ts";
import { createMeter } from "../../src/verify/meter.ts";
import type { Answer } from "../harness/answer.ts";
import { openService, type Service } from "../harness/app.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { type Holder, makeHolders } from "../harness/holders.ts";
import { openReplicas, type Replica, type Replicas } from "../harness/replicas.ts";
import { until } from "../harness/time.ts";

// Three processes over PostgreSQL where TEST_DATABASE_URL is set, otherwise one service over PGlite.
let fresh: FreshDatabase;
let replicas: Replicas;
beforeAll(async () => {
  fresh = await freshDatabase();
  replicas = await openReplicas(fresh, 3);
});
afterAll(async () => {
  await replicas[Symbol.asyncDispose]();
  await fresh.dispose();
});

const minute = 60_000;
const limitedTo = (limit: number) => ({
  rateLimitEnabled: true,
  rateLimitMax: limit,
  rateLimitTimeWindow: 60 * minute,
});
const serving = (n: number): Replica => replicas.all[n % replicas.all.length] as Replica;
const row = async ({ keyId }: Holder) => (await fresh.database.db.select().from(apikey).where(eq(apikey.id, keyId)))[0];

/** Holders whose keys are limited so. */
async function metered(count: number, settings: Partial<typeof apikey.$inferInsert>): Promise<Holder[]> {
  const holders = await makeHolders(fresh.database, count);
  const ids = holders.map(({ keyId }) => keyId);
  await fresh.database.db.update(apikey).set(settings).where(inArray(apikey.id, ids));
  return holders;
}

/** Uses a key so many times at once, over all replicas. */
const uses = (count: number, headers: (n: number) => Record<string, string>): Promise<Answer[]> =>
  Promise.all(
    Array.from({ length: count }, (_, n) => serving(n).request("GET", "/v1/verify", { headers: headers(n) })),
  );

const outcomes = (answers: Answer[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const outcome = status === 200 ? "admitted" : `${status} ${(body as { code: string }).code}`;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
};

describe("500 uses at once over all replicas", () => {
  test("of a key with ten left: exactly ten are admitted, each seeing another number left", async () => {
    const [holder] = (await metered(1, { remaining: 10 })) as [Holder];
    const answers = await uses(500, () => holder.key);
    expect(outcomes(answers)).toEqual({ admitted: 10, "429 quota_exceeded": 490 });
    const left = answers.flatMap(({ status, body }) =>
      status === 200 ? [(body as { principal: { remaining: number } }).principal.remaining] : [],
    );
    expect(left.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect((await row(holder))?.remaining).toBe(0);
  });

  test("of a key limited to ten an hour: exactly ten are admitted, and no other burns the quota", async () => {
    const [holder] = (await metered(1, { remaining: 100, ...limitedTo(10) })) as [Holder];
    const answers = await uses(500, () => holder.key);
    expect(outcomes(answers)).toEqual({ admitted: 10, "429 rate_limited": 490 });
    expect(await row(holder)).toMatchObject({ remaining: 90, requestCount: 10 });
    for (const { status, headers } of answers) {
      expect(headers.get("ratelimit-limit")).toBe("10");
      if (status === 429) expect(Number(headers.get("retry-after"))).toBeGreaterThan(3_000);
    }
  });

  test("of a key in the overlap of its rotation, by the old and the new: exactly ten are admitted", async () => {
    const [holder] = (await metered(1, { remaining: 10 })) as [Holder];
    const next = generateApiKey();
    const change = {
      key: hashApiKey(next),
      previousKey: hashApiKey(holder.key["x-api-key"]),
      previousCreatedBy: holder.userId,
      previousExpiresAt: new Date(Date.now() + minute),
    };
    await fresh.database.db.update(apikey).set(change).where(eq(apikey.id, holder.keyId));
    const answers = await uses(500, (n) => (n % 2 ? holder.key : { "x-api-key": next }));
    expect(outcomes(answers)).toEqual({ admitted: 10, "429 quota_exceeded": 490 });
  });

  test("of a key whose refill is due: it is refilled once", async () => {
    const settings = { remaining: 3, refillAmount: 10, refillInterval: 60 * minute };
    const [holder] = (await metered(1, { ...settings, lastRefillAt: new Date(Date.now() - 61 * minute) })) as [Holder];
    const answers = await uses(500, () => holder.key);
    expect(outcomes(answers)).toEqual({ admitted: 10, "429 quota_exceeded": 490 });
  });

  test("of fifty keys with five left each: five of each, while they are changed and others' organizations deleted", async () => {
    const holders = await metered(50, { remaining: 5 });
    const doomed = await metered(20, { remaining: 1_000_000 });
    const { database } = fresh;
    const disturbing = (async () => {
      for (const holder of holders) {
        const path = `/v1/orgs/${holder.organizationId}/api-keys/${holder.keyId}`;
        const asked = { headers: { ...holder.owner, origin: "http://localhost:3000" }, body: { name: "renamed" } };
        const answer = await serving(0).request("PATCH", path, asked);
        expect(answer.status).toBe(200);
      }
    })();
    const ending = (async () => {
      // Keys of many organizations in one statement, in no order that anybody has agreed on.
      const ids = doomed.map(({ organizationId }) => organizationId).toReversed();
      await database.statement("", "delete from organization where id = any($1)", [ids]);
    })();
    const [answers, others] = await Promise.all([
      uses(500, (n) => holders[n % 50]!.key),
      uses(200, (n) => doomed[n % 20]!.key),
      disturbing,
      ending,
    ]);
    expect(outcomes(answers)).toEqual({ admitted: 250, "429 quota_exceeded": 250 });
    for (const holder of holders) expect((await row(holder))?.remaining).toBe(0);
    for (const { status } of others) expect([200, 401]).toContain(status);
  });
});

if (process.env["TEST_DATABASE_URL"])
  test("a count that loses a deadlock is made once more, and counted once", async () => {
    const { database } = fresh;
    const holders = await metered(2, { remaining: 10 });
    const [first = "", last = ""] = holders.map(({ keyId }) => keyId).toSorted();
    const count = createMeter({ database, clock: () => new Date(), timeoutMs: 10_000 });
    const lock = (id: string) => `select 1 from apikey where id = '${id}' for update`;
    const waiting = `select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    const counted = await database.session(async ({ exec }) => {
      // Patient, so that the other one is the loser.
      await exec(`begin; set local deadlock_timeout = '20s'; ${lock(last)}`);
      const uses = Promise.all([count(first), count(first), count(last)]);
      const stuck = async () => (await database.statement<{ n: number }>("", waiting, []))[0]?.n;
      await until(async () => (await stuck()) === 1);
      await exec(`${lock(first)}; commit`);
      return uses;
    });
    expect(counted.map(({ kind }) => kind)).toEqual(["admitted", "admitted", "admitted"]);
    const left = await Promise.all(holders.map(async (holder) => [holder.keyId, (await row(holder))?.remaining]));
    expect(Object.fromEntries(left)).toEqual({ [first]: 8, [last]: 9 });
  });

describe("replicas whose clocks differ", () => {
  test("open no window twice: the one that is ahead opens it, for all of them", async () => {
    const [slow, fast] = [await openService(fresh), await openService(fresh)];
    const settings = { rateLimitEnabled: true, rateLimitMax: 10, rateLimitTimeWindow: minute };
    const [holder] = (await metered(1, settings)) as [Holder];
    const admitted = async (services: Service[]) => {
      const asked = services.flatMap(({ anonymous }) =>
        Array.from({ length: 30 }, () => anonymous.get("/v1/verify", holder.key)),
      );
      return (await Promise.all(asked)).filter(({ status }) => status === 200).length;
    };
    fast.clock.advance(5_000);
    const after = async (ms: number, services: Service[]) => {
      for (const { clock } of [slow, fast]) clock.advance(ms);
      return admitted(services);
    };
    expect(await after(0, [slow])).toBe(10);
    expect(await after(0, [slow, fast])).toBe(0);
    expect(await after(56_000, [slow, fast])).toBe(10);
    expect(await after(5_000, [slow, fast])).toBe(0);
    expect(await after(55_000, [slow])).toBe(0);
    expect(await after(6_000, [slow])).toBe(10);
    for (const { deps } of [slow, fast]) await deps.close();
  });
});

describe("keys that aren't", () => {
  /** A service that keeps what it verifies, and the number of statements that its verifying has cost. */
  async function counted() {
    const statements: string[] = [];
    const statement: Database["statement"] = (name, text, values) => {
      // What proves the notifications goes on by itself, whatever is asked.
      if (!/^announce$|beat/.test(name)) statements.push(name);
      return fresh.database.statement(name, text, values);
    };
    const service = await openService({ database: { ...fresh.database, statement } });
    await until(() => service.deps.verifier.trusted());
    return { ...service, statements };
  }

  test("10,000 forged ones are refused by their checksum: no statement, nothing remembered", async () => {
    const { anonymous, statements, deps } = await counted();
    const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const random = () => Array.from(crypto.getRandomValues(new Uint8Array(49)), (byte) => alphabet[byte % 62]).join("");
    for (let n = 0; n < 10_000; n++) {
      const key = `gh_${random()}`;
      const { status } = await anonymous.get(
        "/v1/verify",
        n % 2 ? { "x-api-key": key } : { authorization: `Bearer ${key}` },
      );
      if (status !== 401) throw new Error(`${key} is answered with ${status}`);
    }
    expect(statements).toEqual([]);
    expect(deps.verifier.size()).toBe(0);
    await deps.close();
  });

  test("one that nobody made costs one statement, however often it is tried in that moment", async () => {
    const { anonymous, statements, deps, clock } = await counted();
    const headers = { "x-api-key": generateApiKey() };
    // The moment lasts for as long as the clock says so.
    const now = clock.now();
    clock.now = () => now;
    for (let n = 0; n < 200; n++) expect((await anonymous.get("/v1/verify", headers)).status).toBe(401);
    expect(statements).toEqual(["verify_api_key"]);
    expect(deps.verifier.size()).toBe(0);
    await deps.close();
  });
});

test("a key that is looked for just before it is made, or enabled, works soon after", async () => {
  const [holder] = await makeHolders(fresh.database, 1);
  const { key, ...made } = (await row(holder!))!;
  await fresh.database.db.delete(apikey).where(eq(apikey.id, made.id));
  const status = async (replica: Replica) =>
    (await replica.request("GET", "/v1/verify", { headers: holder!.key })).status;
  const { organizationId: _, ...values } = made;
  for (const change of [
    () => fresh.database.db.insert(apikey).values({ ...values, key, enabled: false }),
    () => fresh.database.db.update(apikey).set({ enabled: true }).where(eq(apikey.id, made.id)),
  ]) {
    for (const replica of replicas.all) for (let n = 0; n < 3; n++) expect(await status(replica)).toBe(401);
    await change();
  }
  await Promise.all(replicas.all.map((replica) => until(async () => (await status(replica)) === 200)));
});
