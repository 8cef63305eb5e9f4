import { tmpdir } from "node:os";
import { expect, test } from "bun:test";
import { openPlace } from "../harness/place.ts";
import { runCommand } from "../harness/process.ts";

const run = (url: string, ...args: string[]) =>
  runCommand(args, { cwd: tmpdir(), env: { DATABASE_URL: url, TRASH_RETENTION_DAYS: "7" } });

test("maintenance run ends what TRASH_RETENTION_DAYS says, or what it is told, and says so", async () => {
  await using place = await openPlace();
  const url = place.env.DATABASE_URL;
  await place.database(async (database) => {
    await database.session(async ({ exec }) => {
      await exec(`insert into organization (id, name, slug, created_at) values ('o', 'O', 'o', now())`);
      await exec(`insert into project (id, organization_id, name, created_at, updated_at, deleted_at)
        select gen_random_uuid(), 'o', 'P' || n, now(), now(), now() - n * interval '1 day' - interval '1 hour'
        from generate_series(1, 10) n`);
    });
  });
  const first = await run(url, "maintenance", "run");
  expect(first).toMatchObject({ code: 0, err: "" });
  expect(first.out).toContain("trash: 0 tasks and 4 projects deleted");
  expect(first.out).toContain("0 invitations, 0 keys, 0 jobs, 0 visits, 0 usage and 0 people removed");
  const second = await run(url, "maintenance", "run", "--trash-days", "5", "--batch", "1");
  expect(second.out).toContain("and 2 projects deleted");
  const events = await place.database((database) =>
    database.statement(
      "maintenance_events",
      "select count(*)::int as n from audit_event where action = 'project.purged'",
      [],
    ),
  );
  expect(events).toEqual([{ n: 6 }]);
}, 60_000);

test.each(["0", "-1", "1.5", "x"])("--batch %s is refused before anything is opened", async (batch) => {
  const { code, err } = await run("postgres://nobody@127.0.0.1:1/none", "maintenance", "run", `--batch=${batch}`);
  expect(code).toBe(2);
  expect(err).toContain("whole number");
});
