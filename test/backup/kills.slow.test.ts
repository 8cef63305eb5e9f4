import { afterAll, beforeAll, expect, test } from "bun:test";
import { findBackup, listBackups, openSource } from "../../src/backup/backup.ts";
import { freshDatabase } from "../harness/postgres.ts";
import { type Ran, run } from "./command.ts";
import { addPeople, backUpOf, openAt, openRoom, type Room, sumsOf } from "./rooms.ts";

/** How often each command is killed: `KILLS=100 bun test --path-ignore-patterns=none backup/kills`. */
const kills = Number(process.env["KILLS"] ?? 1);
const serverUrl = process.env["TEST_DATABASE_URL"];
const people = 3_000;

let room: Room;
let env: Record<string, string>;

beforeAll(async () => {
  room = await openRoom();
  env = { DATABASE_URL: room.url, STATE_DIR: room.directory, AUTH_SECRET: "x".repeat(32) };
  await addPeople(room.database, 1, people);
  await backUpOf(room);
  await addPeople(room.database, people + 1, people);
  // An embedded database belongs to one process, which are the commands from now on.
  if (!serverUrl) await room.database.close();
});
afterAll(() => room?.[Symbol.asyncDispose]());

/** Kills a command at `kills` moments of its work, and has `check` look at what is left each time. */
async function killing(args: readonly string[], check: (ran: Ran) => Promise<void>): Promise<void> {
  const whole = await run(args, { env, cwd: room.directory });
  expect([whole.code, whole.err.length > 0]).toEqual([0, true]);
  await check(whole);
  for (let kill = 0; kill < kills; kill++) {
    // Spread over the work, and beyond its end.
    const killAfterMs = ((kill + Math.random()) / kills) * whole.ms * 1.1;
    await check(await run(args, { env, cwd: room.directory, killAfterMs }));
  }
}

async function contents(): Promise<string> {
  const database = await openAt(room.url);
  try {
    return JSON.stringify(await sumsOf(database));
  } finally {
    await database.close();
  }
}

test("a backup that is killed is there whole, or isn't in the list", async () => {
  let there = (await room.store.names()).length;
  await killing(["db", "backup", "--to", room.store.place], async ({ code, err }) => {
    const found = await listBackups(room.store);
    if (code === 0) expect([err, found.length]).toEqual([err, there + 1]);
    there = found.length;
    const { manifest } = found.at(-1)!;
    await openSource(room.store, manifest!);
  });
}, 3_600_000);

test("a restore that is killed leaves what was there, or all of the backup", async () => {
  const [first] = await room.store.names();
  const last = (await room.store.names()).at(-1)!;
  const args = (name: string) => ["db", "restore", name, "--from", room.store.place, "--force"];
  const now = await contents();
  const states: string[] = [now];
  // From the one to the other and back: each kill has something else to leave.
  for (const name of [first!, last]) {
    await killing(args(name), async ({ code }) => {
      const left = await contents();
      if (code === 0 && !states.includes(left)) states.push(left);
      expect(states).toContain(left);
    });
  }
  expect(states).toHaveLength(2);
  expect(states[0]).toContain(String(people * 2));
  await findBackup(room.store, "latest");
}, 3_600_000);

test.skipIf(!serverUrl)(
  "a promotion that is killed leaves an empty database, or all that was moved",
  async () => {
    const source = `pglite:${room.directory}/embedded`;
    const embedded = await openAt(source);
    await addPeople(embedded, 1, people);
    const whole = JSON.stringify(await sumsOf(embedded));
    await embedded.close();
    for (let kill = 0; kill <= kills; kill++) {
      await using target = await freshDatabase(serverUrl ?? "");
      const empty = JSON.stringify(await sumsOf(target.database));
      const options = { env: { ...env, DATABASE_URL: source }, cwd: room.directory };
      const killAfterMs = Math.random() * 3_000;
      const { code, err } = await run(
        ["promote", target.url ?? ""],
        kill === 0 ? options : { ...options, killAfterMs },
      );
      const left = JSON.stringify(await sumsOf(target.database));
      if (code === 0) expect([err, left]).toEqual([err, whole]);
      expect([empty, whole]).toContain(left);
    }
  },
  3_600_000,
);
