import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { listBackups, openSource, prune } from "../../src/backup/backup.ts";
import { openPlace } from "../../src/backup/place.ts";
import { type Bucket, openBucket } from "../harness/bucket.ts";
import { openSmallDisk } from "../harness/small-disk.ts";
import { addPeople, backUpOf, openRoom, type Room } from "./rooms.ts";

let room: Room;
let bucket: Bucket;

beforeAll(async () => {
  [room, bucket] = [await openRoom(), await openBucket()];
  await addPeople(room.database, 1, 5_000);
});
afterAll(async () => {
  await room?.[Symbol.asyncDispose]();
  await bucket?.[Symbol.asyncDispose]();
});

const faultOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing",
    (err: Error) => err.message,
  );

describe("a bucket", () => {
  test("takes a backup, lists it when its manifest is there, reads it back and lets the old ones go", async () => {
    const store = openPlace("s3://backups/of/us/", bucket.access);
    expect(await store.names()).toEqual([]);
    const manifest = await backUpOf(room, store);
    expect(await listBackups(store)).toEqual([{ name: manifest.name, manifest }]);
    const source = await openSource(store, manifest);
    expect(source.manifest.files.length).toBeGreaterThan(0);

    // As an upload leaves it that was killed, and as a neighbour's files lie there.
    const draft = await store.begin("20200104T000000000Z");
    await draft.put("database.dump", new Blob(["half"]).stream());
    await openPlace("s3://backups/of", bucket.access).begin("20200105T000000000Z");
    const old = await store.begin("20200103T000000000Z");
    await old.finish(JSON.stringify({ ...manifest, name: "20200103T000000000Z" }));
    expect(await store.names()).toEqual(["20200103T000000000Z", manifest.name]);
    expect(await prune(store, 1, new Date())).toEqual(["20200103T000000000Z"]);
    expect(await store.names()).toEqual([manifest.name]);
    const objects = (await readdir(bucket.directory, { recursive: true })).filter((path) => path.includes("20200104"));
    expect(objects.filter((path) => path.endsWith("_object"))).toEqual([]);
  });

  test("that refuses, isn't there or doesn't answer is said in one line with what to correct", async () => {
    const { access } = bucket;
    const wrong: [string, string, Partial<typeof access>, RegExp][] = [
      ["key", "s3://backups", { accessKeyId: "nobody" }, /\(InvalidAccessKeyId\): correct S3_ACCESS_KEY_ID/],
      ["bucket", "s3://none", {}, /\(NoSuchBucket\): there is no such bucket/],
      ["server", "s3://backups", { endpoint: "http://127.0.0.1:1" }, /\(ConnectionRefused\): .* correct S3_ENDPOINT/],
    ];
    for (const [what, to, change, said] of wrong) {
      const store = openPlace(to, { ...access, ...change });
      for (const work of [store.names(), backUpOf(room, store)])
        expect([what, await faultOf(work)]).toEqual([what, expect.stringMatching(said)]);
    }
  });
});

describe("a directory", () => {
  test("that is full keeps nothing of a backup, and says so", async () => {
    const disk = await openSmallDisk(1);
    if (disk === null) return console.warn("skipped: a full disk, since nothing may be mounted");
    try {
      await disk.fill();
      const fault = await faultOf(backUpOf(room, openPlace(join(disk.directory, "backups"), {})));
      expect(fault).toMatch(/\(ENOSPC\): make room, or remove old ones/);
      await disk.free();
      expect(await readdir(disk.directory, { recursive: true })).toEqual(["backups"]);
    } finally {
      await disk[Symbol.asyncDispose]();
    }
  });

  test("whose backup fails in the middle lists nothing, and leaves nothing behind", async () => {
    const store = openPlace(join(room.directory, "failing"), {});
    const failing = {
      ...store,
      begin: async (name: string) => {
        const draft = await store.begin(name);
        return { ...draft, finish: () => Promise.reject(new Error("the disk is gone")) };
      },
    };
    expect(await faultOf(backUpOf(room, failing))).toBe("the disk is gone");
    expect(await readdir(store.place)).toEqual([]);
  });
});
