import { SQL } from "bun";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Cluster, openCluster, postgresPrograms } from "../harness/cluster.ts";
import { type ServiceProcess, startService } from "../harness/process.ts";
import { openSmallDisk, type SmallDisk } from "../harness/small-disk.ts";
import { password, send, type Visitor, visitor } from "../harness/visitor.ts";

const disk: SmallDisk | null = postgresPrograms === null ? null : await openSmallDisk(160);
if (disk === null) console.warn("skipped: a full disk, since initdb isn't installed or nothing may be mounted");

describe.skipIf(disk === null)("the database's disk is full", () => {
  let cluster: Cluster;
  let service: ServiceProcess;
  let who: Visitor;
  let projects = 0;
  const created: string[] = [];

  beforeAll(async () => {
    cluster = await openCluster(disk!.directory);
    service = await startService({ env: { DATABASE_URL: cluster.url } });
    who = await visitor(service.url);
    await who.send("POST", "/v1/orgs", { name: "Acme", slug: "acme" });
  });

  afterAll(async () => {
    await service?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
    await disk?.[Symbol.asyncDispose]();
  });

  // Texts that don't compress, so that the tables soon need room.
  const description = () => Array.from({ length: 60 }, () => Bun.randomUUIDv7("base64url")).join("");
  const createProject = async () => {
    const name = `P${++projects}`;
    const answer = await who.send("POST", "/v1/orgs/acme/projects", { name, description: description() });
    if (answer.status === 201) created.push(name);
    return answer;
  };
  const signIn = () => send(service.url, "", "POST", "/api/auth/sign-in/email", { email: who.email, password });

  test("a write is 201 or 503 with Retry-After, and says nothing of the disk; a credential is still verified", async () => {
    await disk!.fill();
    for (let refused = 0; refused < 5;) {
      expect(projects).toBeLessThan(5_000);
      const { status, headers, text } = await createProject();
      if (status === 201) continue;
      refused++;
      expect([status, Number(headers.get("retry-after")) > 0]).toEqual([503, true]);
      expect(text).not.toMatch(/disk|extend|No space|base\//i);
    }
    expect((await who.send("GET", "/v1/verify")).status).toBe(200);
    expect([200, 503]).toContain((await signIn()).status);
  });

  test("with room again everything answers, and what answered 201 is there, no more and no less", async () => {
    await disk!.free();
    for (;;) {
      const { status } = await createProject();
      if (status === 201) break;
      expect(status).toBe(503);
    }
    await using sql = new SQL(cluster.url, { max: 1 });
    const rows: { name: string }[] = await sql`select name from project order by created_at`;
    expect(rows.map(({ name }) => name)).toEqual(created);
    expect((await signIn()).status).toBe(200);
    expect((await who.send("GET", "/readyz")).status).toBe(200);
  });
});
