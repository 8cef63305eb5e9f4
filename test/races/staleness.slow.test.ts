import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { type Holder, makeHolders } from "../harness/holders.ts";
import { lasting, until } from "../harness/time.ts";
import { openReplicas, type Replica, type Replicas } from "../harness/replicas.ts";
import { type Change, changes, password, truncations } from "./changes.ts";

// How soon, bench/staleness.ts measures: here others share the two cores.
const server = process.env["TEST_DATABASE_URL"];
const trials = server ? 20 : 4;
// A truncated table and all that hangs on it take PostgreSQL half a second.
const truncationTrials = server ? 5 : 2;

let fresh: FreshDatabase;
let replicas: Replicas;
let passwordHash: string;

beforeAll(async () => {
  fresh = await freshDatabase();
  if (!server) console.warn("one service instead of three replicas, since TEST_DATABASE_URL isn't set");
  replicas = await openReplicas(fresh, 3);
  passwordHash = await replicas.hash(password);
});
afterAll(async () => {
  await replicas[Symbol.asyncDispose]();
  await fresh.dispose();
});

const asked = (change: Change, holder: Holder) => {
  const { query, headers } = change.ask(holder);
  return (replica: Replica) => replica.request("GET", `/v1/verify${query}`, { headers });
};

/** Verified on every replica, twice: the second time it is there in memory. */
async function warm(change: Change, holder: Holder): Promise<void> {
  const ask = asked(change, holder);
  const { prepare } = change;
  if (prepare) await fresh.database.session(({ exec }) => exec(prepare(holder)));
  for (const replica of [...replicas.all, ...replicas.all]) {
    const answer = await ask(replica);
    if (answer.status !== 200 || change.shown(answer)) throw new Error(`before: ${answer.status} ${answer.text}`);
  }
}

/** Asks a replica until it shows the change, and some more times. */
async function untilShown(change: Change, holder: Holder, replica: Replica): Promise<void> {
  const ask = asked(change, holder);
  await until(async () => change.shown(await ask(replica)));
  for (let again = 0; again < 3; again++) expect(change.shown(await ask(replica))).toBe(true);
}

async function trial(change: Change, holder: Holder, on: Replica): Promise<void> {
  await change.make({ replica: on, database: fresh.database, holder });
  await Promise.all(replicas.all.map((replica) => untilShown(change, holder, replica)));
}

const serving = (n: number): Replica => replicas.all[n % replicas.all.length] as Replica;

describe("S2: every replica refuses what was good, or answers anew", () => {
  for (const change of changes)
    test(`after ${change.name}`, async () => {
      const holders = await makeHolders(fresh.database, trials, change.password ? { passwordHash } : {});
      await Promise.all(holders.map((holder) => warm(change, holder)));
      for (const [n, holder] of holders.entries()) await trial(change, holder, serving(n));
      // Never good again, however late.
      const last = await Promise.all(holders.flatMap((holder) => replicas.all.map(asked(change, holder))));
      expect(last.filter((answer) => !change.shown(answer)).length).toBe(0);
    });

  for (const change of truncations)
    test(`after ${change.name}`, async () => {
      for (let n = 0; n < truncationTrials; n++) {
        const [holder] = await makeHolders(fresh.database, 1);
        await warm(change, holder as Holder);
        await trial(change, holder as Holder, serving(n));
      }
    });

  test("when a session, a key or a rotation's overlap ends by itself", async () => {
    const expiresAt = new Date(Date.now() + 2_500);
    const ending = await makeHolders(fresh.database, trials, { expiresAt });
    const rotated = await makeHolders(fresh.database, trials);
    const overlap =
      "update apikey set previous_key = key, previous_created_by = created_by, previous_expires_at = $1, key = id where id = any($2)";
    await fresh.database.statement("", overlap, [expiresAt, rotated.map(({ keyId }) => keyId)]);
    const [session, key] = ["sign-out", "a deleted key"].map((name) => changes.find((change) => change.name === name));
    const credentials = [
      ...ending.flatMap((holder) => [[session as Change, holder] as const, [key as Change, holder] as const]),
      ...rotated.map((holder) => [key as Change, holder] as const),
    ];
    await Promise.all(credentials.map(([change, holder]) => warm(change, holder)));
    await lasting(expiresAt.getTime() - Date.now());
    for (const [change, holder] of credentials)
      for (const replica of replicas.all) expect(change.shown(await asked(change, holder)(replica))).toBe(true);
  });
});

test("without its triggers a table's changes would be missed: the answers above come from memory", async () => {
  const { database } = fresh;
  const within = (statement: string) => database.session(({ exec }) => exec(statement));
  const change = changes.find(({ name }) => name === "SQL: a deleted session") as Change;
  const holders = (await makeHolders(database, 5)) as [Holder, ...Holder[]];
  await within("alter table session disable trigger all");
  let remembered = false;
  // A replica that was kept waiting for its beats answers from the database: then with the next one.
  for (const holder of holders) {
    await within("alter table session enable trigger all");
    await warm(change, holder);
    await within("alter table session disable trigger all");
    await change.make({ replica: serving(0), database, holder });
    await lasting(300);
    const answers = await Promise.all(replicas.all.map(asked(change, holder)));
    remembered = answers.every(({ status }) => status === 200);
    if (!remembered) continue;
    await within("alter table session enable always trigger session_announce_delete");
    await within(`update "user" set name = 'Changed' where id = '${holder.userId}'`);
    await Promise.all(replicas.all.map((replica) => untilShown(change, holder, replica)));
    break;
  }
  expect(remembered).toBe(true);
});

describe("what merely slides or counts", () => {
  /** What is announced about a holder while `run` is under way. */
  async function announced(holder: Holder, run: () => Promise<unknown>): Promise<string[]> {
    const heard: string[] = [];
    const hear = (payload: string) => void heard.push(payload);
    const listener = await fresh.database.listen("gatehouse", hear, () => {});
    await run();
    // What was committed before this beat is heard before it.
    await listener.query("select pg_notify('gatehouse', 'test:done')", []);
    while (!heard.includes("test:done")) await Bun.sleep(1);
    await listener.close();
    const ids = [holder.sessionId, holder.userId, holder.keyId, holder.organizationId];
    return heard.filter((payload) => ids.some((id) => payload.endsWith(id)));
  }
  const expiryOf = async ({ sessionId }: Holder) => {
    const text = "select expires_at from session where id = $1";
    const [row] = await fresh.database.statement<{ expires_at: Date }>("", text, [sessionId]);
    return row?.expires_at.getTime() ?? 0;
  };
  const change = (name: string) => changes.find((each) => each.name === name) as Change;

  test("verifying a session that is due for extension doesn't extend it; get-session does, and announces nothing", async () => {
    const expiresAt = new Date(Date.now() + 3_600_000);
    const [holder] = (await makeHolders(fresh.database, 1, { expiresAt })) as [Holder];
    const heard = await announced(holder, async () => {
      for (let n = 0; n < 5; n++) await warm(change("sign-out"), holder);
      for (const replica of replicas.all) await replica.request("GET", "/v1/me", { headers: holder.session });
      expect(await expiryOf(holder)).toBe(expiresAt.getTime());
      const read = await serving(0).request("GET", "/api/auth/get-session", { headers: holder.session });
      expect(read.status).toBe(200);
      expect(await expiryOf(holder)).toBeGreaterThan(expiresAt.getTime());
    });
    expect(heard).toEqual([]);
  });

  test("uses of a key with limits and of one without announce nothing", async () => {
    const [metered, free] = (await makeHolders(fresh.database, 2)) as [Holder, Holder];
    const text = "update apikey set remaining = 100 where id = $1";
    await fresh.database.statement("", text, [metered.keyId]);
    for (const holder of [metered, free])
      expect(await announced(holder, () => warm(change("a deleted key"), holder))).toEqual([]);
  });
});
