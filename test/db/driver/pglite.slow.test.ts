import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../../src/db/open.ts";
import { isUnavailable } from "../../../src/db/errors.ts";
import { lockDirectory } from "../../../src/db/driver/directory-lock.ts";
import * as schema from "../../../src/schema.ts";
import { migratedSnapshot } from "../../harness/pglite.ts";
import { failure } from "../failure.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "gatehouse-pglite-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const start = (program: string, directory: string) =>
  Bun.spawn([process.execPath, join(import.meta.dir, "programs", program), directory], {
    stdout: "pipe",
    stderr: "inherit",
  });

/** The lines that a program prints, one at a time. */
async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
}

describe("an embedded database", () => {
  test("makes its directory, fills a fresh one from the snapshot, and keeps an existing one", async () => {
    const url = `pglite:${join(root, "some/where/new")}`;
    const snapshot = await migratedSnapshot();
    const first = await openDatabase({ url, schema, snapshot });
    expect(await first.db.$count(schema.organization)).toBe(0);
    await first.statement("mark", "create table mark ()", []);
    await first.close();
    const second = await openDatabase({ url, schema, snapshot });
    expect(await second.statement("marked", "select to_regclass('mark')::text as mark", [])).toEqual([
      { mark: "mark" },
    ]);
    await second.close();
  }, 20_000);

  test("is refused to a second opener with the directory's name, and free again when closed", async () => {
    const directory = join(root, "twice");
    const open = async () => openDatabase({ url: `pglite:${directory}`, schema, snapshot: await migratedSnapshot() });
    const first = await open();
    expect(String(await failure(open()))).toContain(`The data directory ${directory} is in use by another process`);
    await first.close();
    await (await open()).close();
  }, 20_000);

  test("keeps every acknowledged row, and its directory is free, after kill -9", async () => {
    const directory = join(root, "killed");
    await using writer = start("writer.ts", directory);
    let acknowledged = 0;
    for await (const line of lines(writer.stdout)) {
      acknowledged = Number(line);
      if (acknowledged === 1)
        expect(String(await failure(openDatabase({ url: `pglite:${directory}`, schema })))).toContain("in use");
      if (acknowledged >= 200) break;
    }
    writer.kill("SIGKILL");
    await writer.exited;
    const again = await openDatabase({ url: `pglite:${directory}`, schema });
    const rows = await again.statement<{ id: number }>("kept", "select id from kept order by id", []);
    expect(rows.length).toBeGreaterThanOrEqual(acknowledged);
    expect(rows.slice(0, acknowledged).map(({ id }) => id)).toEqual(
      Array.from({ length: acknowledged }, (_, i) => i + 1),
    );
    await again.close();
  }, 30_000);

  test("is unavailable once closed", async () => {
    const closed = await openDatabase({ url: "pglite:memory", schema, snapshot: await migratedSnapshot() });
    await Promise.all([closed.close(), closed.close()]);
    expect(isUnavailable(await failure(closed.ping()))).toBe(true);
  });
});

test("a directory lock outlives a collected handle and dies with its process", async () => {
  const directory = join(root, "locked");
  await using holder = start("lock-holder.ts", directory);
  for await (const _ of lines(holder.stdout)) break;
  expect(() => lockDirectory(directory)).toThrow(`The data directory ${directory} is in use by another process`);
  holder.kill("SIGKILL");
  await holder.exited;
  const mine = lockDirectory(directory);
  expect(() => lockDirectory(directory)).toThrow("in use");
  mine.release();
  lockDirectory(directory).release();
});
