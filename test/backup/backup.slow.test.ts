import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { appendFile, cp, mkdir, readdir, rm, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { findBackup, listBackups, prune } from "../../src/backup/backup.ts";
import { openPlace } from "../../src/backup/place.ts";
import { integrity } from "../../src/db/integrity.ts";
import { catalogOf } from "../contract/catalog.ts";
import { addPeople, backUpOf, openAt, openRoom, restoreTo, type Room, sumsOf } from "./rooms.ts";

let room: Room;
let other: Room;
/** What the other database holds once it has been restored to. */
let held: Record<string, string>;

beforeAll(async () => {
  [room, other] = [await openRoom(), await openRoom()];
  await addPeople(room.database, 1, 2_000);
});
afterAll(async () => {
  await room?.[Symbol.asyncDispose]();
  await other?.[Symbol.asyncDispose]();
});

/** What the other database holds. An embedded one is replaced as a directory, so it is opened anew. */
async function ofOther<T>(work: (database: Room["database"]) => Promise<T>): Promise<T> {
  const database = await openAt(other.url);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

const faultOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing",
    (err: Error) => err.message,
  );

describe("a backup", () => {
  test("made while others write shows one moment, and comes back with every row and every guard", async () => {
    let next = 10_000;
    const done = new AbortController();
    const writer = (async () => {
      while (!done.signal.aborted) {
        await addPeople(room.database, next, 50);
        next += 50;
        // An embedded database answers without a turn of the event loop, which the backup's files need.
        await new Promise(setImmediate);
      }
    })();
    const before = next;
    const manifest = await backUpOf(room).finally(() => done.abort());
    await writer;
    expect(next).toBeGreaterThan(before);
    const rows = Object.fromEntries(manifest.tables.map((table) => [table.name, table.rows]));
    expect(rows["account"]).toBe(rows["user"]);
    expect(rows["user"]! % 50).toBe(0);
    if (room.database.kind === "pglite") await other.database.close();
    await restoreTo(other.url, room.store);
    const [stays, catalog] = [await sumsOf(room.database, 2_000), await catalogOf(room.database)];
    await ofOther(async (database) => {
      const people = `select count(*)::int as people, (select count(*)::int from account) as accounts from "user"`;
      const counted = await database.statement<object>("", people, []);
      expect(counted).toEqual([{ people: rows["user"], accounts: rows["user"] }]);
      expect(await sumsOf(database, 2_000)).toEqual(stays);
      expect(await catalogOf(database)).toEqual(catalog);
      expect(await database.session((on) => integrity(on))).toEqual([]);
      held = await sumsOf(database);
    });
  });

  test("is for its owner alone to read, and says of itself what is in it", async () => {
    const { name, release, schema, files } = await findBackup(room.store, "latest");
    const folder = join(room.directory, "backups", name);
    for (const file of await readdir(folder)) expect((await stat(join(folder, file))).mode & 0o077).toBe(0);
    expect((await stat(folder)).mode & 0o077).toBe(0);
    expect([release, schema[0]?.tag]).toEqual(["0.1.0", "0000_schema"]);
    for (const file of files) {
      const bytes = await Bun.file(join(folder, file.name)).bytes();
      expect([bytes.length, new Bun.CryptoHasher("sha256").update(bytes).digest("hex")]).toEqual([
        file.bytes,
        file.sha256,
      ]);
    }
  });

  test("is refused in one line, and changes nothing: without --force, cut, changed, or of a newer release", async () => {
    expect(await faultOf(restoreTo(other.url, room.store))).toMatch(/isn't empty: name .* --force$/);
    const { name, files } = await findBackup(room.store, "latest");
    const largest = files.toSorted((a, b) => b.bytes - a.bytes)[0]!.name;
    const manifest = join(name, "manifest.json");
    const edit = async (path: string, from: RegExp, to: string) =>
      Bun.write(path, (await Bun.file(path).text()).replace(from, to));
    const harms: [string, RegExp, (folder: string) => Promise<unknown>][] = [
      ["cut", /damaged/, (folder) => truncate(join(folder, name, largest), 500)],
      ["changed", /damaged/, (folder) => appendFile(join(folder, name, largest), "x")],
      ["a file gone", /ENOENT/, (folder) => rm(join(folder, name, largest))],
      ["the manifest cut", /can't be read/, (folder) => truncate(join(folder, manifest), 500)],
      ["another program's", /can't be read/, (folder) => Bun.write(join(folder, manifest), "{}")],
      ["newer", /newer than this release/, (folder) => edit(join(folder, manifest), /"0000_schema"/, '"9999_later"')],
      [
        "of another history",
        /another history/,
        (folder) => edit(join(folder, manifest), /"checksum": "\w/, '"checksum": "g'),
      ],
      [
        "fewer rows than it says",
        /rows in place of/,
        (folder) => edit(join(folder, manifest), /"rows": [1-9]\d*/, '"rows": 7'),
      ],
    ];
    for (const [harm, said, work] of harms) {
      const folder = join(room.directory, "harmed");
      await mkdir(folder);
      await cp(join(room.directory, "backups", name), join(folder, name), { recursive: true });
      await work(folder);
      const fault = await faultOf(restoreTo(other.url, openPlace(folder, {}), { force: true }));
      expect([harm, fault, fault.includes("\n")]).toEqual([harm, expect.stringMatching(said), false]);
      await rm(folder, { recursive: true });
    }
    expect(await ofOther((database) => sumsOf(database))).toEqual(held);
  });

  test("goes when it is old, but never the newest that can be read; what was never finished goes too", async () => {
    const folder = join(room.directory, "old");
    const store = openPlace(folder, {});
    const { name: made } = await findBackup(room.store, "latest");
    const old = ["20200101T000000000Z", "20200102T000000000Z", "20200103T000000000Z"];
    for (const name of old) {
      await cp(join(room.directory, "backups", made), join(folder, name), { recursive: true });
      const manifest = join(folder, name, "manifest.json");
      await Bun.write(manifest, (await Bun.file(manifest).text()).replaceAll(made, name));
    }
    await Bun.write(join(folder, old[2]!, "manifest.json"), "damaged");
    await mkdir(join(folder, "20200104T000000000Z.partial"));
    await mkdir(join(folder, "something else"));
    expect((await listBackups(store)).map(({ manifest }) => manifest !== null)).toEqual([true, true, false]);
    expect(await prune(store, 1, new Date("2026-01-01"))).toEqual([old[0]!, old[2]!]);
    expect((await readdir(folder)).toSorted()).toEqual([old[1]!, "something else"]);
    expect(await prune(store, 1, new Date("2026-01-01"))).toEqual([]);
  });
});
