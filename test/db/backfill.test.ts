import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { type Backfill, backfillProgress, backfillStep, noteBackfills, repeatBackfill } from "../../src/db/backfill.ts";
import { startBackfills } from "../../src/db/backfill-runner.ts";
import { migrate } from "../../src/db/migrate.ts";
import type { Database } from "../../src/db/types.ts";
import { createLog } from "../../src/ops/log.ts";
import { sqlState } from "../../src/db/errors.ts";
import { openDatabase } from "../../src/db/open.ts";
import * as schema from "../../src/schema.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { until } from "../harness/time.ts";
import { failure } from "./failure.ts";

let fresh: FreshDatabase;
let database: Database;

const upper: Backfill = {
  name: "thing_label",
  table: "thing",
  key: { column: "id", type: "bigint" },
  set: "label = upper(name)",
  where: "label is null",
};
const pace = { batch: 40, rest: 0 };

beforeAll(async () => {
  fresh = await freshDatabase();
  ({ database } = fresh);
  await migrate(database);
});
afterAll(() => fresh?.dispose());

beforeEach(() =>
  database.session(async (on) => {
    await on.exec(`drop table if exists thing; truncate gatehouse.backfill;
      create table thing (id bigint primary key, name text not null, label text);
      insert into thing select n, 'thing ' || n, case when n % 10 = 0 then 'kept' end from generate_series(1, 100) n`);
  }),
);

const rows = <R>(text: string) => database.statement<R>("", text, []);
const labels = async () =>
  (await rows<{ label: string | null; n: number }>("select label, count(*)::int as n from thing group by 1 order by 1"))
    .filter(({ label }) => label === null || label === "kept")
    .map(({ label, n }) => [label, n]);

test("every row that needs it is changed, others aren't, a batch at a time, and a pass that changes nothing ends it", async () => {
  await noteBackfills(database, [upper]);
  const seen: number[] = [];
  for (let done = false; !done;) {
    done = (await backfillStep(database, upper, pace)).finished;
    const [progress] = await backfillProgress(database, [upper]);
    seen.push(progress?.seen ?? 0);
  }
  expect(seen).toEqual([40, 80, 100, 0, 40, 80, 100, 0]);
  expect(await labels()).toEqual([["kept", 10]]);
  expect(await backfillProgress(database, [upper])).toMatchObject([{ changed: 90, finished: true }]);
  expect(await backfillStep(database, upper, pace)).toMatchObject({ finished: true });
});

test("rows that an older release writes behind it meanwhile are found by the next pass", async () => {
  await noteBackfills(database, [upper]);
  for (let step = 0; step < 2; step++) await backfillStep(database, upper, pace);
  await rows("insert into thing values (0, 'late')");
  for (let done = false; !done;) done = (await backfillStep(database, upper, pace)).finished;
  expect(await rows("select label from thing where id = 0")).toEqual([{ label: "LATE" }]);
  await rows("update thing set label = null where id < 5");
  expect((await backfillStep(database, upper, pace)).finished).toBe(true);
  await repeatBackfill(database, upper);
  for (let done = false; !done;) done = (await backfillStep(database, upper, pace)).finished;
  expect(await labels()).toEqual([["kept", 10]]);
});

test("the rest after a batch counts for every process, and who stops in the middle leaves the place to the next", async () => {
  await noteBackfills(database, [upper]);
  const resting = await backfillStep(database, upper, { batch: 40, rest: 100_000 });
  expect(resting.waitMs).toBeGreaterThan(0);
  const other = await backfillStep(database, upper, pace);
  expect(other.finished).toBe(false);
  expect(other.waitMs).toBeGreaterThan(0);
  expect(await backfillProgress(database, [upper])).toMatchObject([{ seen: 40, changed: 36 }]);
  await rows("update gatehouse.backfill set next_at = clock_timestamp()");
  await backfillStep(database, upper, pace);
  expect(await backfillProgress(database, [upper])).toMatchObject([{ seen: 80, changed: 72 }]);
});

test("several runners at once do each row once, and the log says when it is done", async () => {
  await rows("alter table thing add column times int not null default 0");
  const counted = { ...upper, set: "label = upper(name), times = times + 1" };
  const lines: string[] = [];
  const log = createLog("info", { write: (line) => void lines.push(line) });
  const runners = [1, 2, 3].map(() => startBackfills({ database, log }, [counted], { batch: 7, rest: 0 }));
  await until(async () => (await backfillProgress(database, [counted]))[0]?.finished ?? false);
  await until(() => lines.some((line) => line.includes('"finished":true')));
  await Promise.all(runners.map((runner) => runner.stop()));
  expect(await rows("select times, count(*)::int as n from thing group by 1 order by 1")).toEqual([
    { times: 0, n: 10 },
    { times: 1, n: 90 },
  ]);
});

test("one that can't be done is logged, with its name, and keeps nobody from stopping", async () => {
  const lines: string[] = [];
  const log = createLog("info", { write: (line) => void lines.push(line) });
  const runner = startBackfills({ database, log }, [{ ...upper, set: "label = 1 / 0" }], pace);
  await until(() => lines.length > 0);
  await runner.stop();
  expect(lines.join("")).toContain('"backfill":"thing_label"');
  expect(await backfillProgress(database, [upper])).toMatchObject([{ seen: 0, changed: 0, finished: false }]);
});

test.skipIf(!process.env["TEST_DATABASE_URL"])(
  "a table whose rows a policy hides from the owner is an error, not a table without rows",
  async () => {
    const role = `gatehouse_owner_${process.pid}`;
    await database.session((on) =>
      on.exec(`create role ${role}; grant all on schema gatehouse to ${role}; grant all on gatehouse.backfill to ${role};
        alter table thing owner to ${role}, enable row level security, force row level security`),
    );
    const owner = await openDatabase({ url: `${fresh.url}?options=-c%20role%3D${role}`, schema });
    await noteBackfills(database, [upper]);
    expect(sqlState(await failure(backfillStep(owner, upper, pace)))).toBe("42501");
    await owner.close();
    await database.session((on) => on.exec(`drop table thing; drop owned by ${role}; drop role ${role}`));
  },
);
