import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPlace, type Place } from "../harness/place.ts";
import { freePort, runService, type ServiceProcess, startService } from "../harness/process.ts";
import { until } from "../harness/time.ts";
import { send, visitor } from "../harness/visitor.ts";

const onServer = Boolean(process.env["TEST_DATABASE_URL"]);

test("several workers over an embedded database are refused, with the setting to change", async () => {
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-workers-"));
  await using service = runService({ env: { WORKERS: "auto", STATE_DIR: directory } });
  expect(await service.exited).toBe(1);
  expect(service.output()).toBe(
    "the settings are wrong:\n  WORKERS: needs PostgreSQL in DATABASE_URL: an embedded database belongs to one process\n",
  );
  await rm(directory, { recursive: true });
});

describe.skipIf(!onServer)("two workers on one port", () => {
  let place: Place;
  let metricsPort: number;
  let service: ServiceProcess;
  const start = () =>
    startService({ env: { ...place.env, WORKERS: "2", METRICS_PORT: String(metricsPort), LOG_LEVEL: "info" } });

  beforeAll(async () => {
    [place, metricsPort] = await Promise.all([openPlace(), freePort()]);
    service = await start();
  });
  afterAll(async () => {
    await service?.[Symbol.asyncDispose]();
    await place?.[Symbol.asyncDispose]();
  });

  const workers = async (of = service): Promise<number[]> => {
    const listed = await Bun.file(`/proc/${of.pid}/task/${of.pid}/children`).text();
    return listed.trim().split(" ").filter(Boolean).map(Number);
  };
  const figures = async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const answering = async () => Number(/^gatehouse_workers\{state="answering"\} (\d+)$/m.exec(await figures())?.[1]);
  /** Over a connection of its own, which either worker may get. */
  const me = async (cookie: string) =>
    (await fetch(`${service.url}/v1/me`, { headers: { cookie, connection: "close" } })).status;

  test("both answer, and what one has ended the other refuses", async () => {
    const who = await visitor(service.url);
    const asked = () => Promise.all(Array.from({ length: 40 }, () => me(who.cookie)));
    expect(new Set(await asked())).toEqual(new Set([200]));
    const answered = (worker: number) =>
      new RegExp(`^gatehouse_requests_total\\{worker="${worker}",.*route="/v1/me",status="200"\\} [1-9]`, "m");
    expect(await figures()).toMatch(answered(1));
    expect(await figures()).toMatch(answered(2));
    await who.send("POST", "/api/auth/sign-out", {});
    expect(new Set(await asked())).toEqual(new Set([401]));
  });

  test("another start on the port is refused, be it one process or several", async () => {
    for (const WORKERS of ["1", "2"]) {
      await using other = runService({
        env: { ...place.env, WORKERS, PORT: String(service.port), HOST: "127.0.0.1", METRICS_PORT: "0" },
      });
      expect(await other.exited).toBe(1);
      expect(other.output()).toMatch(new RegExp(`^port ${service.port} on 127\\.0\\.0\\.1 is in use; [^\\n]+\\n$`));
    }
    expect(await me("")).toBe(401);
  });

  test("one that is killed while both write is started again, and no acknowledged row is lost", async () => {
    const who = await visitor(service.url);
    const slug = `org-${Bun.randomUUIDv7().slice(-12)}`;
    expect((await who.send("POST", "/v1/orgs", { name: "Organization", slug })).status).toBe(201);
    const acknowledged: string[] = [];
    const over = new AbortController();
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; !over.signal.aborted; n++) {
        const headers = { cookie: who.cookie, origin: service.url, connection: "close" };
        const name = `Project ${writer} ${n}`;
        const body = JSON.stringify({ name });
        const init = { method: "POST", headers: { ...headers, "content-type": "application/json" }, body };
        // What the killed one had accepted has no answer.
        const answer = await fetch(`${service.url}/v1/orgs/${slug}/projects`, init).catch(() => null);
        if (answer === null) continue;
        expect(answer.status).toBe(201);
        acknowledged.push(name);
      }
    });
    const before = await workers();
    await until(() => acknowledged.length > 100);
    process.kill(before[0] ?? 0, "SIGKILL");
    await until(async () => (await workers()).length === 2 && (await answering()) === 2);
    over.abort();
    await Promise.all(writers);
    expect((await workers()).filter((pid) => !before.includes(pid))).toHaveLength(1);
    expect(await service.line('"msg":"a worker ended"')).toContain('"how":"SIGKILL"');
    const kept = await place.database((database) =>
      database.statement<{ name: string }>("kept_projects", "select name from project", []),
    );
    const names = new Set(kept.map(({ name }) => name));
    expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
  });

  test("SIGTERM under load loses no request, and the log of all of them is whole lines", async () => {
    const who = await visitor(service.url);
    const statuses: number[] = [];
    const readers = Array.from({ length: 16 }, async () => {
      for (;;) {
        const { status, headers } = await who.send("GET", "/v1/me");
        statuses.push(status);
        if (headers.get("connection") === "close") return;
      }
    });
    await until(() => statuses.length > 200);
    service.signal("SIGTERM");
    await Promise.all(readers);
    expect(await service.exited).toBe(0);
    expect(new Set(statuses)).toEqual(new Set([200]));
    const lines = service.output().split("\n").filter(Boolean);
    const drained = lines.map((line) => JSON.parse(line) as { msg: string; worker?: number });
    const draining = drained.filter(({ msg }) => msg === "draining").map(({ worker }) => worker ?? 0);
    expect(draining.toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
    expect(service.output()).not.toContain("cut off");
    expect(await send(service.url, "", "GET", "/livez").catch(() => "closed")).toBe("closed");
  });

  test("when the main process is killed they end too, and leave the port", async () => {
    service = await start();
    const left = await workers();
    service.signal("SIGKILL");
    expect(await service.exited).toBeNull();
    await until(() => left.every((pid) => !alive(pid)));
  });

  test("one that ends at once again and again ends all of them, with exit code 1 and a line that says so", async () => {
    service = await start();
    const [first, second = 0] = await workers();
    await until(async () => {
      for (const pid of await workers()) if (pid !== first) process.kill(pid, "SIGKILL");
      return service.output().includes("times in a row");
    });
    expect(await service.exited).toBe(1);
    expect(service.output()).toContain("a worker ended 5 times in a row within 10 s of its start (SIGKILL)");
    expect([first ?? 0, second].filter(alive)).toEqual([]);
  });
});

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
