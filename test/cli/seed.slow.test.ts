import { expect, test } from "bun:test";
import { maintain } from "../../src/queue/maintenance.ts";
import { openService } from "../harness/app.ts";
import { openPlace } from "../harness/place.ts";
import { runCommand } from "../harness/process.ts";

test("seed makes the same year on each machine, of which maintenance removes a part of each kind, and nothing where somebody is", async () => {
  await using place = await openPlace();
  const seed = () =>
    runCommand(["seed", "--scale", "4", "--until", "2026-05-01"], { cwd: place.directory, env: place.env });
  expect(await seed()).toEqual({ out: "made 4 organizations with a year of data\n", err: "", code: 0 });
  expect(await seed()).toMatchObject({ out: "", err: expect.stringContaining("isn't empty"), code: 1 });
  await place.database(async (database) => {
    const [digest] = await database.statement<{ ids: string }>(
      "seed_ids",
      "select md5(string_agg(id::text, ',' order by id)) as ids from audit_event",
      [],
    );
    expect(digest?.ids).toBe("757a4961343c6ad1fd8a6d5a2ca5a2c4");
    const service = await openService({ database });
    service.clock.set(new Date("2026-05-01T00:00:00Z"));
    const kept = { trashRetentionDays: 30, retention: service.deps.config.retention.days };
    const { purged, expired } = await maintain(service.deps, { ...kept, batch: 100 });
    expect({ ...purged, ...expired }).toEqual({
      tasks: 8,
      projects: 4,
      sessions: 12,
      verifications: 8,
      invitations: 4,
      keys: 4,
      counters: 4,
      jobs: 0,
      visits: 12,
      usage: 12,
      people: 0,
    });
    await service.deps.close();
  });
});
