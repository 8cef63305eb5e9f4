import { expect, test } from "bun:test";
import { openDatabase } from "../../src/db/open.ts";
import { modules } from "../../src/modules.ts";
import { purgeTrash } from "../../src/queue/maintenance.ts";
import { auditRecorder } from "../../src/modules/platform/audit-events/index.ts";
import * as schema from "../../src/schema.ts";
import { freshDatabase } from "../harness/database.ts";

const clock = () => new Date();
const rows = 300;

test("maintenance in four processes at once ends each row once, with one event", async () => {
  await using fresh = await freshDatabase();
  const { database, url } = fresh;
  await database.session(async ({ exec }) => {
    await exec(`insert into organization (id, name, slug, created_at)
      select 'o' || n, 'Organization ' || n, 'org-' || n, now() from generate_series(1, 10) n`);
    await exec(`insert into project (id, organization_id, name, created_at, updated_at, deleted_at)
      select gen_random_uuid(), 'o' || n % 10 + 1, 'Project ' || n, now(), now(), now() - interval '31 days'
      from generate_series(1, ${rows}) n`);
  });
  // PGlite is one process's: there the four share it.
  const others = await Promise.all(
    [1, 2, 3].map(async () => (url === undefined ? database : await openDatabase({ url, schema }))),
  );
  const purged = await Promise.all(
    [database, ...others].map((each) =>
      purgeTrash(
        { database: each, clock, recordAudit: auditRecorder(clock, modules), modules },
        { olderThanDays: 30, batch: 7 },
      ),
    ),
  );
  if (url !== undefined) await Promise.all(others.map((other) => other.close()));
  expect(purged.reduce((sum, { purged }) => sum + (purged["projects"] ?? 0), 0)).toBe(rows);
  expect(purged.some(({ yielded }) => !yielded)).toBe(true);
  const counts = await database.statement(
    "purge_race_counts",
    `select (select count(*)::int from project) as left, count(*)::int as events,
       count(distinct entity_id)::int as entities from audit_event`,
    [],
  );
  expect(counts).toEqual([{ left: 0, events: rows, entities: rows }]);
});
