import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { openDatabase } from "../../src/db/open.ts";
import type { Database } from "../../src/db/types.ts";
import { migrate } from "../../src/db/migrate.ts";
import * as schema from "../../src/schema.ts";
import { freshDatabase } from "../harness/database.ts";

const program = join(import.meta.dir, "../../src/cli/index.ts");

async function run(url: string, ...args: string[]) {
  const env = { PATH: process.env["PATH"] ?? "", DATABASE_URL: url, TRASH_RETENTION_DAYS: "7" };
  const child = Bun.spawn([process.execPath, program, ...args], { cwd: tmpdir(), env, stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([child.stdout, child.stderr].map((stream) => new Response(stream).text()));
  return { code: await child.exited, stdout, stderr };
}

/** Where another process reaches a migrated database: a new one on the server, or in a directory of its own. */
async function elsewhere(): Promise<{ url: string; dispose: () => Promise<void> }> {
  const fresh = await freshDatabase();
  if (fresh.url !== undefined) return { url: fresh.url, dispose: () => fresh.dispose() };
  await fresh.dispose();
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-maintenance-"));
  const remove = () => rm(directory, { recursive: true, force: true });
  return { url: `pglite:${directory}/data`, dispose: remove };
}

async function within<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase({ url, schema });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

test("maintenance run ends what TRASH_RETENTION_DAYS says, or what it is told, and says so", async () => {
  const { url, dispose } = await elsewhere();
  try {
    await within(url, async (database) => {
      await migrate(database);
      await database.session(async ({ exec }) => {
        await exec(`insert into organization (id, name, slug, created_at) values ('o', 'O', 'o', now())`);
        await exec(`insert into project (id, organization_id, name, created_at, updated_at, deleted_at)
          select gen_random_uuid(), 'o', 'P' || n, now(), now(), now() - n * interval '1 day' - interval '1 hour'
          from generate_series(1, 10) n`);
      });
    });
    const first = await run(url, "maintenance", "run");
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toContain("trash: 0 tasks and 4 projects deleted");
    expect(first.stdout).toContain("0 invitations, 0 keys, 0 jobs, 0 visits and 0 usage removed");
    const second = await run(url, "maintenance", "run", "--trash-days", "5", "--batch", "1");
    expect(second.stdout).toContain("and 2 projects deleted");
    const events = await within(url, (database) =>
      database.statement(
        "maintenance_events",
        "select count(*)::int as n from audit_event where action = 'project.purged'",
        [],
      ),
    );
    expect(events).toEqual([{ n: 6 }]);
  } finally {
    await dispose();
  }
}, 60_000);

test.each(["0", "-1", "1.5", "x"])("--batch %s is refused before anything is opened", async (batch) => {
  const { code, stderr } = await run("postgres://nobody@127.0.0.1:1/none", "maintenance", "run", `--batch=${batch}`);
  expect(code).toBe(2);
  expect(stderr).toContain("whole number");
});
