import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../src/db/open.ts";
import { openDeps } from "../../src/deps.ts";
import { silentLog } from "../../src/ops/log.ts";
import * as schema from "../../src/schema.ts";
import { passwords, testConfig } from "../harness/app.ts";
import { secret } from "../harness/people.ts";
import { runService, serverProgram, startService } from "../harness/process.ts";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "gatehouse-start-"));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const lines = (text: string) => text.split("\n").filter(Boolean);
const mode = async (path: string) => (await stat(join(directory, path))).mode & 0o777;

/** What the service shows to a person on a terminal, who ends it by Ctrl-C once it has said where its mail goes. */
async function onTerminal(): Promise<{ text: string; exited: Promise<number> }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let text = "";
  const child = Bun.spawn(serverProgram, {
    env: { PATH: process.env["PATH"] ?? "", PORT: "0", STATE_DIR: join(directory, "state") },
    terminal: {
      data(_terminal, bytes) {
        text += new TextDecoder().decode(bytes);
        if (/ mail [^\n]*\n/.test(text)) resolve();
      },
    },
  });
  await Promise.race([promise, child.exited]);
  const shown = text;
  child.terminal?.write("\x03");
  return { text: shown, exited: child.exited };
}

describe("bun start on a fresh directory", () => {
  test("tells a person in four lines where it is, where its docs are, and what it keeps where", async () => {
    const { text, exited } = await onTerminal();
    const said = lines(text.replaceAll("\r", ""));
    expect(said).toHaveLength(4);
    expect(said[0]).toMatch(/^Gatehouse is at http:\/\/localhost:\d+ \(development\)$/);
    expect(said[1]).toMatch(/http:\/\/localhost:\d+\/\w+/);
    expect(said[2]).toContain(`embedded, in ${directory}/state/data`);
    expect(said[3]).toContain(`${directory}/state/mail`);
    expect(await exited).toBe(0);
  });

  test("makes a secret that only its owner can read, and keeps it", async () => {
    const env = { STATE_DIR: join(directory, "own") };
    await (await startService({ env }))[Symbol.asyncDispose]();
    expect(await mode("own")).toBe(0o700);
    expect(await mode("own/secret")).toBe(0o600);
    const secret = await Bun.file(join(directory, "own/secret")).text();
    expect(secret.trim()).toMatch(/^[\w-]{43}$/);
    await using service = await startService({ env });
    expect(await Bun.file(join(directory, "own/secret")).text()).toBe(secret);
    expect(service.output()).not.toContain(secret.trim());
  });

  test("tells a machine in one line of JSON", async () => {
    await using service = await startService({ env: { STATE_DIR: join(directory, "state") } });
    const { url } = service;
    expect(lines(service.output())).toHaveLength(1);
    expect(JSON.parse(service.output())).toMatchObject({ url, database: "pglite", mode: "development" });
    expect((await fetch(JSON.parse(service.output()).docs)).status).toBe(200);
  });

  test("is refused to a second process: one line, exit code 1, and the first goes on", async () => {
    const env = { STATE_DIR: join(directory, "state") };
    await using first = await startService({ env });
    await using second = runService({ env: { ...env, PORT: "0" } });
    expect(await second.exited).toBe(1);
    expect(lines(second.output())).toEqual([expect.stringMatching(/data directory .*state\/data is in use/)]);
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  });
});

describe("refuses to start, with exit code 1", () => {
  test("in production, naming every fault at once", async () => {
    const env = { NODE_ENV: "production", PORT: "http", BASE_URL: "http://auth.example.com", LOG_LEVEL: "loud" };
    await using service = runService({ env });
    expect(await service.exited).toBe(1);
    const [title, ...faults] = lines(service.output());
    expect(title).toBe("the settings are wrong:");
    const named = new Set(faults.map((line) => line.trim().split(":")[0]));
    expect(named).toEqual(new Set(["AUTH_SECRET", "BASE_URL", "DATABASE_URL", "LOG_LEVEL", "PORT"]));
    expect(faults).toHaveLength(5);
  });

  test("on a port that is taken, in one line and without touching the database", async () => {
    const taken = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
    const fresh = join(directory, "other");
    const env = { PORT: String(taken.port), HOST: "127.0.0.1", STATE_DIR: fresh };
    await using service = runService({ env });
    expect(await service.exited).toBe(1);
    expect(lines(service.output())).toEqual([expect.stringContaining(`port ${taken.port} on 127.0.0.1 is in use`)]);
    expect(stat(fresh)).rejects.toThrow("ENOENT");
    await taken.stop(true);
  });

  test("on the port of another that runs, which keeps every request", async () => {
    await using first = await startService({ env: { STATE_DIR: join(directory, "state") } });
    const { port } = new URL(first.url);
    await using second = runService({ env: { PORT: port, HOST: "127.0.0.1", STATE_DIR: join(directory, "other") } });
    expect(await second.exited).toBe(1);
    expect(lines(second.output())).toEqual([expect.stringContaining(`port ${port} on 127.0.0.1 is in use`)]);
  });

  test("when the database doesn't answer, saying so and not the password", async () => {
    const env = { PORT: "0", DATABASE_URL: "postgres://someone:hunter2@127.0.0.1:1/nothing", STATE_DIR: directory };
    await using service = runService({ env });
    expect(await service.exited).toBe(1);
    expect(lines(service.output())).toEqual([
      expect.stringContaining("PostgreSQL at 127.0.0.1:1, database nothing, doesn't answer"),
    ]);
    expect(service.output()).not.toContain("hunter2");
  });
});

test("a step that fails closes what was opened before it: the embedded database is free again", async () => {
  const url = `pglite:${join(directory, "half-open")}`;
  // Where mail is to be written, there is a file already.
  const taken = join(directory, "taken");
  await writeFile(taken, "");
  const opening = openDeps(testConfig({ DATABASE_URL: url, STATE_DIR: taken }), secret, { log: silentLog, passwords });
  expect(await opening.catch((err: NodeJS.ErrnoException) => err.code)).toBe("ENOTDIR");
  const database = await openDatabase({ url, schema });
  await database.ping();
  await database.close();
});
