import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { closeSync, openSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, serverProgram } from "../harness/process.ts";
import { visitor } from "../harness/visitor.ts";

let directory: string;
let service: Bun.Subprocess | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "gatehouse-logging-"));
});
afterEach(async () => {
  service?.kill("SIGKILL");
  await service?.exited;
  await rm(directory, { recursive: true, force: true });
});

/** The service, whose standard output is `fd`. */
async function serviceTo(fd: number) {
  const port = await freePort();
  const env = {
    PATH: process.env["PATH"] ?? "",
    PORT: String(port),
    HOST: "127.0.0.1",
    RATE_LIMIT: "off",
    SIGN_UP: "at-once",
  };
  const child = Bun.spawn(serverProgram, {
    env: { ...env, STATE_DIR: join(directory, "state") },
    stdin: "ignore",
    stdout: fd,
    stderr: "ignore",
  });
  service = child;
  const url = `http://localhost:${port}`;
  const ready = async () => (await fetch(`${url}/readyz`).catch(() => null))?.status === 200;
  while (child.exitCode === null && !(await ready())) await Bun.sleep(20);
  return { url, child };
}

/** Asks what proxies and other services ask; each request but the verifications writes a line of the log. */
async function answers(url: string, times: number) {
  const who = await visitor(url);
  const statuses = new Set<string>();
  for (let n = 0; n < times; n++) {
    statuses.add(`livez ${(await fetch(`${url}/livez`, { headers: { "x-request-id": "x".repeat(64) } })).status}`);
    if (n % 20 > 0) continue;
    statuses.add(`verify ${(await who.send("GET", "/v1/verify")).status}`);
    statuses.add(`me ${(await who.send("GET", "/v1/me")).status}`);
  }
  return [...statuses].toSorted();
}

const good = ["livez 200", "me 200", "verify 200"];

describe("the log can't be written", () => {
  test("200 on a full disk, and SIGTERM ends the service with 0", async () => {
    const fd = openSync("/dev/full", "w");
    const { url, child } = await serviceTo(fd);
    expect(await answers(url, 100)).toEqual(good);
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
    closeSync(fd);
  });

  test("200 while nobody reads the pipe it goes to, and SIGTERM ends the service with 0", async () => {
    const path = join(directory, "pipe");
    Bun.spawnSync(["mkfifo", path]);
    const pipe = await open(path, "r+");
    const { url, child } = await serviceTo(pipe.fd);
    // A pipe holds 64 KiB, which these exceed.
    expect(await answers(url, 1_000)).toEqual(good);
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
    await pipe.close();
  });
});
