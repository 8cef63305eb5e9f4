import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Database } from "../../../../src/db/types.ts";
import { projects } from "../../../../src/modules/work/projects/index.ts";
import { listProjects } from "../../../../src/modules/work/projects/projects.ts";
import { ProjectQuery } from "../../../../src/modules/work/projects/schemas.ts";
import { freshDatabase } from "../../../harness/database.ts";
import type { FreshDatabase } from "../../../harness/fresh-database.ts";
import { explain } from "../../../harness/explain.ts";

// 100 000 projects of 1 000 organizations, of which one has a fifth: its lists must not read it whole.
let fresh: FreshDatabase;
let database: Database;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = fresh.database;
  await database.session(async ({ exec }) => {
    await exec(`insert into organization (id, name, slug, created_at)
      select 'o' || n, 'Organization ' || n, 'org-' || n, now() from generate_series(1, 1000) n`);
    await exec(`insert into project (id, organization_id, name, created_at, updated_at, deleted_at)
      select gen_random_uuid(), case when n % 5 = 0 then 'o1' else 'o' || n % 1000 + 1 end, 'Project ' || md5(n::text),
        now() - n * interval '1 minute', now(), case when n % 7 = 0 then now() - n * interval '1 second' end
      from generate_series(1, 100000) n`);
    await exec("vacuum analyze");
  });
}, 120_000);

afterAll(() => fresh.dispose());

const list = (query: object) => (scope: Parameters<typeof listProjects>[0]) =>
  listProjects(scope, ProjectQuery.parse({ limit: 20, ...query }));

describe("a list of 20 000 projects among 100 000 is read by an index", () => {
  test.each(["-createdAt", "createdAt", "name", "-name"])("in its order by %s, first page and next", async (sort) => {
    let nextCursor: string | null = null;
    const first = await explain(database, "o1", async (scope) => {
      ({ nextCursor } = await list({ sort })(scope));
    });
    const next = await explain(database, "o1", list({ sort, cursor: nextCursor }));
    for (const steps of [first, next]) {
      expect(steps.filter(({ kind }) => /Seq Scan|Sort|Bitmap/.test(kind))).toEqual([]);
      expect(steps.find(({ relation }) => relation === "project")).toMatchObject({
        kind: "Index Scan",
        index: sort.endsWith("name") ? "project_live_name_idx" : "project_live_created_idx",
      });
    }
    // Entered at the cursor, not read up to it.
    expect(next.find(({ relation }) => relation === "project")?.condition).toContain("ROW(");
  });

  test.each(["-createdAt", "createdAt", "name", "-name"])("with deleted ones by %s", async (sort) => {
    const steps = await explain(database, "o1", list({ sort, deleted: "include" }));
    const scans = steps.filter(({ relation }) => relation === "project");
    expect(scans.map(({ kind }) => kind)).not.toContain("Seq Scan");
    // Only the trash, which maintenance keeps small, may be sorted.
    expect(scans.map(({ index }) => index)).toContain(
      sort.endsWith("name") ? "project_live_name_idx" : "project_live_created_idx",
    );
  });

  test("of the deleted ones only", async () => {
    const steps = await explain(database, "o7", list({ deleted: "only", limit: 5 }));
    expect(steps.find(({ index }) => index !== undefined)?.index).toBe("project_trash_idx");
  });

  test("of the trash, last deleted first", async () => {
    let after: string[] = [];
    const first = await explain(database, "o7", async (scope) => {
      const row = (await projects.trash!.list(scope, null, 5)).at(-1);
      after = [row!.deletedAt.toISOString(), row!.id];
    });
    const next = await explain(database, "o7", async (scope) => void (await projects.trash!.list(scope, after, 5)));
    for (const steps of [first, next]) {
      expect(steps.flatMap(({ index }) => (index?.startsWith("project") ? [index] : []))).toEqual([
        "project_trash_idx",
      ]);
    }
    expect(next.find(({ index }) => index === "project_trash_idx")?.condition).toContain("ROW(");
  });
});

test("pages of a list, one after another, hold every project once and in order", async () => {
  for (const query of [{ sort: "name" }, { sort: "-createdAt" }, { sort: "-name", deleted: "include" }]) {
    const seen: string[] = [];
    let cursor: string | null | undefined;
    await explain(database, "o7", async (scope) => {
      do {
        const page = await list({ ...query, limit: 17, ...(cursor ? { cursor } : {}) })(scope);
        seen.push(...page.data.map((row) => (query.sort.endsWith("name") ? row.name : row.createdAt.toISOString())));
        cursor = page.nextCursor;
      } while (cursor !== null);
    });
    const sorted = seen.toSorted();
    expect(seen).toEqual(query.sort.startsWith("-") ? sorted.toReversed() : sorted);
    expect(seen.length).toBe(query.deleted ? 100 : 86);
    expect(new Set(seen).size).toBe(seen.length);
  }
});

test.each([
  ["a typo", "4b0a59dxf11c"],
  ["a part", "b0a59dd"],
])("%s is looked up in the index of likeness: the function's statement, as its owner runs it", async (_, q) => {
  const source = "select prosrc from pg_proc where oid = 'guard.projects_like(text, text)'::regprocedure";
  const [found] = await database.statement<{ prosrc: string }>("", source, []);
  const text = found!.prosrc.replaceAll(/\bwanted\b/g, `'${q}'`).replaceAll(/\bpart\b/g, `'%${q}%'`);
  await database.session(async ({ exec, run }) => {
    await exec("begin; set local app.organization_id = 'o1'; set local pg_trgm.word_similarity_threshold = 0.5");
    const { rows } = await run({ text: `explain ${text}`, values: [], shape: "object" });
    await exec("rollback");
    expect(JSON.stringify(rows)).toContain("project_name_trigram_idx");
  });
});
