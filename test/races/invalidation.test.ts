import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openDatabase } from "../../src/db/open.ts";
import type { Database } from "../../src/db/types.ts";
import * as schema from "../../src/schema.ts";
import { openCluster, postgresPrograms } from "../harness/cluster.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { type Holder, makeHolders } from "../harness/holders.ts";
import { openReplicas, type Replica, type Replicas } from "../harness/replicas.ts";
import { openValve, type Valve } from "../harness/valve.ts";
import { watch } from "./watch.ts";
import { betweenAsks, lasting, until } from "../harness/time.ts";

const server = process.env["TEST_DATABASE_URL"];
if (!server) console.warn("skipped: replicas without change notifications, since TEST_DATABASE_URL isn't set");

const end = ({ sessionId }: Holder, database: Database) =>
  database.statement("", "delete from session where id = $1", [sessionId]);

/** How many statements a replica has made so far to read sessions. */
const reads = ({ process }: Replica) => process?.output().split("as session_id").length ?? 0;

const verify =
  ({ session }: Holder) =>
  (replica: Replica) =>
    replica.request("GET", "/v1/verify", { headers: session }).then(({ status }) => status);

/** How many statements twenty verifications of one session make on a replica. */
async function statementsForTwenty(replica: Replica, holder: Holder): Promise<number> {
  const before = reads(replica);
  for (let n = 0; n < 20; n++) expect(await verify(holder)(replica)).toBe(200);
  // What it has written reaches us a moment after its answer.
  await lasting(50);
  return reads(replica) - before;
}

/** Whether a replica says that it hears of changes. */
const trusts = async (replica: Replica, { owner }: Holder): Promise<boolean> => {
  const { body } = await replica.request("GET", "/v1/admin/health", { headers: owner });
  return (body as { verification?: { trusted: boolean } } | undefined)?.verification?.trusted ?? false;
};

/** By itself, soon: every replica hears again, and then answers from memory. */
async function backInMemory(replicas: Replicas, holder: Holder): Promise<void> {
  for (const replica of replicas.all) {
    await until(() => trusts(replica, holder));
    await until(async () => (await statementsForTwenty(replica, holder)) === 0);
  }
}

describe.skipIf(!server)("replicas whose change notifications fail to arrive", () => {
  let fresh: FreshDatabase;
  let valve: Valve;
  let replicas: Replicas;
  beforeAll(async () => {
    fresh = await freshDatabase();
    valve = await openValve(fresh.url ?? "");
    replicas = await openReplicas(fresh, 3, { DATABASE_DIRECT_URL: valve.url, LOG_QUERIES: "on" });
  });
  afterAll(async () => {
    await replicas[Symbol.asyncDispose]();
    await valve[Symbol.asyncDispose]();
    await fresh.dispose();
  });

  /** Two holders that are watched on every replica, in whose memory they are; the second one's session ends. */
  async function watched(run: (over: { kept: Holder; ended: Holder; revoke: () => Promise<void> }) => Promise<void>) {
    const [kept, ended] = (await makeHolders(fresh.database, 2)) as [Holder, Holder];
    await backInMemory(replicas, kept);
    for (const replica of [...replicas.all, ...replicas.all]) expect(await verify(ended)(replica)).toBe(200);
    const watching = watch(replicas.all, [kept, ended]);
    const revoke = () => watching.ends(ended, () => end(ended, fresh.database));
    try {
      await run({ kept, ended, revoke });
    } finally {
      valve.open();
      expect(await watching.stop()).toEqual({ asked: expect.any(Number), broken: [] });
    }
    for (const replica of replicas.all) expect(await verify(ended)(replica)).toBe(401);
    await backInMemory(replicas, kept);
  }

  test("the listening connections are ended: nothing is trusted meanwhile, and memory is in use again soon", async () => {
    for (let round = 0; round < 2; round++)
      await watched(async ({ revoke }) => {
        const text = `select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = 'gatehouse-listen' and datname = current_database()`;
        const [ended] = await Promise.all([fresh.database.statement("", text, []), revoke()]);
        expect(ended.length).toBeGreaterThanOrEqual(3);
        await lasting(1_200);
      });
    expect(replicas.all[0]?.process?.output()).toContain("change notifications arrive again");
  });

  test("the network swallows notifications for a while: the database is read meanwhile", async () => {
    await watched(async ({ kept, revoke }) => {
      valve.shut();
      await lasting(50);
      await revoke();
      await lasting(1_000);
      // Those that watch are read from it too.
      for (const replica of replicas.all) expect(await statementsForTwenty(replica, kept)).toBeGreaterThanOrEqual(20);
      valve.open();
      await lasting(200);
    });
  });

  test("the network swallows notifications for long: the connections are replaced", async () => {
    await watched(async ({ revoke }) => {
      valve.shut();
      await revoke();
      await lasting(4_500);
      valve.open();
      await lasting(200);
    });
  });

  test("a replica that was stopped believes nothing when it goes on, whoever has been waiting for an answer", async () => {
    const [stopped] = replicas.all as [Replica];
    for (const pauseMs of [300, 900, 1_500]) {
      const [kept, ended] = (await makeHolders(fresh.database, 2)) as [Holder, Holder];
      await backInMemory(replicas, kept);
      for (let n = 0; n < 2; n++) expect(await verify(ended)(stopped)).toBe(200);
      const watching = watch(replicas.all, [kept, ended]);
      stopped.process?.signal("SIGSTOP");
      await watching.ends(ended, () => end(ended, fresh.database));
      await lasting(pauseMs);
      // Sent while it was stopped; more than a second after the end it must refuse.
      await lasting(pauseMs > 1_000 ? 20 : 0);
      const waiting = Array.from({ length: 10 }, () => verify(ended)(stopped));
      stopped.process?.signal("SIGCONT");
      const answers = await Promise.all(waiting);
      if (pauseMs > 1_000) expect(answers).toEqual(answers.map(() => 401));
      await lasting(1_100);
      const { broken } = await watching.stop();
      expect({ pauseMs, broken }).toEqual({ pauseMs, broken: [] });
    }
  });

  test("more changes at once than a replica remembers: none is missed", async () => {
    const [kept, ...ended] = (await makeHolders(fresh.database, 41)) as [Holder, ...Holder[]];
    const flood = `update "user" set name = name || 'x' where id in (select id from "user" order by id limit 60)`;
    const watching = watch(replicas.all, [kept, ...ended.slice(0, 10)]);
    await Promise.all([
      (async () => {
        for (let n = 0; n < 100; n++) await fresh.database.statement("", flood, []);
      })(),
      (async () => {
        for (const holder of ended) {
          await watching.ends(holder, () => end(holder, fresh.database));
          await betweenAsks(10);
        }
      })(),
    ]);
    await lasting(1_100);
    const { broken } = await watching.stop();
    expect(broken).toEqual([]);
    for (const replica of replicas.all)
      expect(await Promise.all(ended.map((holder) => verify(holder)(replica)))).toEqual(ended.map(() => 401));
  });
});

if (postgresPrograms === null)
  console.warn("skipped: PostgreSQL restarts under replicas, since initdb isn't installed");

describe.skipIf(!server || postgresPrograms === null)("PostgreSQL restarts under three replicas", () => {
  test("503 while it is away, then no 5xx, nothing stale, and memory is in use again soon", async () => {
    await using cluster = await openCluster();
    const database = await openDatabase({ url: cluster.url, schema });
    const fresh = { database, url: cluster.url, dispose: async () => {}, [Symbol.asyncDispose]: async () => {} };
    await using replicas = await openReplicas(fresh, 3, { LOG_QUERIES: "on" });
    try {
      const [kept, ended, other] = (await makeHolders(database, 3)) as [Holder, Holder, Holder];
      await backInMemory(replicas, kept);
      for (const holder of [ended, other])
        for (const replica of [...replicas.all, ...replicas.all]) expect(await verify(holder)(replica)).toBe(200);
      const watching = watch(replicas.all, [kept, ended, other]);
      await watching.ends(ended, () => end(ended, database));
      watching.away();
      await cluster.stop();
      await lasting(500);
      await cluster.start();
      watching.returned();
      await watching.ends(other, () => end(other, database));
      await lasting(1_500);
      const { broken } = await watching.stop();
      expect(broken).toEqual([]);
      await backInMemory(replicas, kept);
      for (const holder of [ended, other])
        for (const replica of replicas.all) expect(await verify(holder)(replica)).toBe(401);
    } finally {
      await database.close();
    }
  });
});
