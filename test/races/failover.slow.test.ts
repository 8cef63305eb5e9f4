import { describe, expect, test } from "bun:test";
import { migrate } from "../../src/db/migrate.ts";
import { openDatabase } from "../../src/db/open.ts";
import type { Database } from "../../src/db/types.ts";
import * as schema from "../../src/schema.ts";
import { openCluster, postgresPrograms } from "../harness/cluster.ts";
import { type Holder, makeHolders } from "../harness/holders.ts";
import { openReplicas, type Replica } from "../harness/replicas.ts";
import { lasting, until } from "../harness/time.ts";
import { openValve } from "../harness/valve.ts";
import { watch } from "./watch.ts";

if (postgresPrograms === null) console.warn("skipped: a failover of PostgreSQL, since initdb isn't installed");

const end = ({ sessionId }: Holder, database: Database) =>
  database.statement("", "delete from session where id = $1", [sessionId]);

const trusts = async (replica: Replica, { owner }: Holder): Promise<boolean> => {
  const { body } = await replica.request("GET", "/v1/admin/health", { headers: owner });
  return (body as { verification?: { trusted: boolean } } | undefined)?.verification?.trusted ?? false;
};

const open = (url: string) => openDatabase({ url, schema });

/**
 * Two replicas over a primary with a standby, behind a proxy.
 *
 * @param direct whether LISTEN goes past the proxy, to the primary.
 */
async function overPrimaryAndStandby(
  direct: boolean,
  run: (on: {
    replicas: readonly Replica[];
    holders: [Holder, Holder, Holder];
    /** Promotes the standby, to which the proxy leads new connections, and ends those of statements alone. */
    promote: () => Promise<Database>;
  }) => Promise<void>,
): Promise<void> {
  await using cluster = await openCluster();
  const primary = await open(cluster.url);
  await migrate(primary);
  const holders = (await makeHolders(primary, 3)) as [Holder, Holder, Holder];
  await using standby = await cluster.standby();
  const second = await open(standby.url);
  await using proxy = await openValve(cluster.url);
  const fresh = { database: primary, url: proxy.url, dispose: async () => {}, [Symbol.asyncDispose]: async () => {} };
  await using replicas = await openReplicas(fresh, 2, direct ? { DATABASE_DIRECT_URL: cluster.url } : {});
  for (const replica of replicas.all) await until(() => trusts(replica, holders[0]));
  const promote = async () => {
    await standby.promote();
    proxy.lead(standby.url);
    const ending = `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'gatehouse' and pid <> pg_backend_pid()`;
    await primary.statement("", ending, []);
    return second;
  };
  try {
    await run({ replicas: replicas.all, holders, promote });
  } finally {
    await Promise.all([primary.close(), second.close()]);
  }
}

async function listeners(database: Database): Promise<number> {
  const text = "select pid from pg_stat_activity where application_name = 'gatehouse-listen'";
  return (await database.statement("", text, [])).length;
}

const verify = async (replica: Replica, { session }: Holder) =>
  (await replica.request("GET", "/v1/verify", { headers: session })).status;

describe.skipIf(postgresPrograms === null)("a standby is promoted while the old primary lives on", () => {
  test("LISTEN stays on the old one: nothing stale after a second, and memory is in use again with the new one", async () => {
    await overPrimaryAndStandby(false, async ({ replicas, holders, promote }) => {
      const [kept, ended, later] = holders;
      for (const replica of [...replicas, ...replicas])
        for (const holder of holders) expect(await verify(replica, holder)).toBe(200);
      const watching = watch(replicas, holders);
      watching.away();
      const database = await promote();
      await watching.ends(ended, () => end(ended, database));
      await lasting(2_500);
      await until(async () => (await listeners(database)) === replicas.length);
      for (const replica of replicas) await until(() => trusts(replica, kept));
      watching.returned();
      await watching.ends(later, () => end(later, database));
      await lasting(1_500);
      expect(await watching.stop()).toEqual({ asked: expect.any(Number), broken: [] });
      for (const replica of replicas)
        expect([await verify(replica, ended), await verify(replica, later)]).toEqual([401, 401]);
    });
  });

  test("LISTEN goes past the proxy to the old one for ever: the database is read, and nothing is stale", async () => {
    await overPrimaryAndStandby(true, async ({ replicas, holders, promote }) => {
      const [kept, ended] = holders;
      for (const replica of [...replicas, ...replicas])
        for (const holder of holders) expect(await verify(replica, holder)).toBe(200);
      const watching = watch(replicas, [kept, ended]);
      watching.away();
      const database = await promote();
      await watching.ends(ended, () => end(ended, database));
      await lasting(2_500);
      expect(await watching.stop()).toEqual({ asked: expect.any(Number), broken: [] });
      for (const replica of replicas) {
        expect(await verify(replica, ended)).toBe(401);
        expect(await verify(replica, kept)).toBe(200);
        expect(await trusts(replica, kept)).toBe(false);
      }
    });
  });
});
