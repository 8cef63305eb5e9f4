import { afterEach, beforeEach, expect, test } from "bun:test";
import { openSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSink } from "../../src/ops/sink.ts";
import { lasting } from "../harness/time.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "gatehouse-sink-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A pipe that holds 64 KiB and is read when the test says so. */
async function pipe() {
  const path = join(directory, "pipe");
  Bun.spawnSync(["mkfifo", path]);
  const file = await open(path, "r+");
  const buffer = Buffer.alloc(1024 * 1024);
  const read = async () => Buffer.from(buffer.subarray(0, (await file.read(buffer)).bytesRead));
  return { fd: file.fd, read, close: () => file.close() };
}

const line = (n: number, length = 100) => `${`line ${n} `.padEnd(length - 1, ".")}\n`;

test("lines arrive whole and in their order", async () => {
  const path = join(directory, "log");
  const sink = openSink({ fd: openSync(path, "a"), onDropped: () => {} });
  const lines = Array.from({ length: 5_000 }, (_, n) => line(n));
  for (const each of lines) sink.write(each);
  await sink.close();
  expect(await Bun.file(path).text()).toBe(lines.join(""));
});

test("a line beyond ASCII is written whole when a pipe takes only a part of it", async () => {
  const { fd, read, close } = await pipe();
  const sink = openSink({ fd, onDropped: () => {} });
  const written = `${"é€🔑".repeat(30_000)}\n`;
  sink.write(written);
  let seen = Buffer.alloc(0);
  while (!seen.includes("\n")) seen = Buffer.concat([seen, await read()]);
  expect(seen.toString()).toBe(written);
  await sink.close();
  await close();
});

test("a pipe that nobody reads: lines are kept up to the bound, then dropped, and their number is told", async () => {
  const { fd, read, close } = await pipe();
  const told = Promise.withResolvers<number>();
  const sink = openSink({ fd, maxLength: 100_000, onDropped: told.resolve });
  for (let n = 0; n < 3_000; n++) sink.write(line(n));
  // The thread that writes fills the pipe meanwhile, and the event loop goes on.
  await lasting(20);
  let seen = "";
  while (!seen.includes(line(999))) seen += (await read()).toString();
  expect(seen).toBe(Array.from({ length: 1_000 }, (_, n) => line(n)).join(""));
  expect(await told.promise).toBe(2_000);
  sink.write("after\n");
  expect((await read()).toString()).toBe("after\n");
  await sink.close();
  await close();
});

test("a full disk: writing never throws, and closing gives up after a second", async () => {
  const sink = openSink({ fd: openSync("/dev/full", "w"), maxLength: 1_000, onDropped: () => {} });
  for (let n = 0; n < 100; n++) sink.write(line(n));
  await sink.close();
});
