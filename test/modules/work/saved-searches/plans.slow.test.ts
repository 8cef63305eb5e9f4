import { afterAll, beforeAll, expect, test } from "bun:test";
import { freshDatabase } from "../../../harness/database.ts";
import type { FreshDatabase } from "../../../harness/fresh-database.ts";

// 20 000 searches of 20 organizations.
let fresh: FreshDatabase;

beforeAll(async () => {
  fresh = await freshDatabase();
  await fresh.database.session(async ({ exec }) => {
    await exec(`insert into organization (id, name, slug, created_at)
      select 'o' || n, 'O', 'o' || n, now() from generate_series(0, 19) n`);
    await exec(`insert into saved_search (id, organization_id, name, visibility, filters, created_at, updated_at)
      select gen_random_uuid(), 'o' || n % 20, 'Search', 'organization', jsonb_build_object('assignee', 'u' || n), now(), now()
      from generate_series(1, 20000) n`);
    await exec("vacuum analyze");
  });
}, 120_000);

afterAll(() => fresh.dispose());

test("filters are looked up in their index: the function's statement, as its owner runs it", async () => {
  const source = "select prosrc from pg_proc where oid = 'guard.saved_searches_with(jsonb)'::regprocedure";
  const [found] = await fresh.database.statement<{ prosrc: string }>("", source, []);
  const text = found!.prosrc.replaceAll(/\bwanted\b/g, `'{"assignee": "u7"}'::jsonb`);
  await fresh.database.session(async ({ exec, run }) => {
    await exec("begin; set local app.organization_id = 'o7'");
    const { rows } = await run({ text: `explain ${text}`, values: [], shape: "object" });
    await exec("rollback");
    expect(JSON.stringify(rows)).toContain("saved_search_filters_idx");
  });
});
