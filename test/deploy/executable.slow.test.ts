import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPlace, type Place } from "../harness/place.ts";
import { password } from "../harness/people.ts";
import { type ServiceProcess, startService } from "../harness/process.ts";

const root = join(import.meta.dir, "../..");

async function build(outfile: string): Promise<string> {
  const building = Bun.spawn([process.execPath, join(root, "deploy/build.ts"), "--outfile", outfile], {
    stdout: "ignore",
    stderr: "pipe",
  });
  if ((await building.exited) !== 0) throw new Error(await new Response(building.stderr).text());
  return outfile;
}

describe("the executable, with nothing beside it", () => {
  let place: Place;
  let folder: string;
  let executable: string;
  let service: ServiceProcess;

  beforeAll(async () => {
    [place, folder] = await Promise.all([openPlace(), mkdtemp(join(tmpdir(), "gatehouse-executable-"))]);
    executable = process.env["TEST_EXECUTABLE"] || (await build(join(folder, "gatehouse")));
    service = await startService({ executable, cwd: folder, env: { ...place.env, EMAIL_CODE: "on" } });
  });
  afterAll(async () => {
    await service?.[Symbol.asyncDispose]();
    await place?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const command = async (...args: string[]) => {
    const child = Bun.spawn([executable, ...args], {
      cwd: folder,
      env: { PATH: process.env["PATH"] ?? "", ...place.env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    return { code: await child.exited, out, err };
  };

  test("hashes a password in its threads, and signs its person in", async () => {
    const headers = { "content-type": "application/json", origin: service.url };
    const body = JSON.stringify({ name: "Ada", email: "ada@example.com", password });
    for (const way of ["sign-up", "sign-in"]) {
      const { status } = await fetch(`${service.url}/api/auth/${way}/email`, { method: "POST", headers, body });
      expect([way, status]).toEqual([way, 200]);
    }
  });

  test("shows its pages, with their stylesheet and their script", async () => {
    const page = await (await fetch(`${service.url}/auth/sign-in`)).text();
    const assets = [...page.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path);
    expect(assets).toHaveLength(2);
    for (const path of assets) {
      const answer = await fetch(service.url + path);
      expect([path, answer.status, (await answer.text()).length > 500]).toEqual([path, 200, true]);
    }
  });

  test("has every command, and the migrations that it was built with", async () => {
    await service.stop();
    const status = await command("db", "status");
    expect([status.code, status.err]).toEqual([0, ""]);
    expect(status.out).toContain("0000_schema");
    expect((await command("db", "rollback")).code).toBe(0);
    expect((await command("db", "migrate")).code).toBe(0);
    const help = await command("--help");
    for (const name of ["db", "admin", "service-key", "maintenance", "openapi", "users"])
      expect(help.out).toMatch(new RegExp(`^  ${name} `, "m"));
    const document = JSON.parse((await command("openapi")).out) as { openapi: string };
    expect(document.openapi).toBe("3.1.0");
  });
});
