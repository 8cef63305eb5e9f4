import { afterAll, beforeAll, expect, test } from "bun:test";
import { listMenuItems } from "../../../../src/modules/organization/navigation/menu-items.ts";
import { navigationFor } from "../../../../src/modules/organization/navigation/navigation.ts";
import { PageQuery } from "../../../../src/modules/organization/navigation/schemas.ts";
import { listViews } from "../../../../src/modules/organization/navigation/views.ts";
import { freshDatabase } from "../../../harness/database.ts";
import type { FreshDatabase } from "../../../harness/fresh-database.ts";
import { explain } from "../../../harness/explain.ts";

// 20 000 views and as many items of 400 organizations, and fifty shared ones.
let fresh: FreshDatabase;

beforeAll(async () => {
  fresh = await freshDatabase();
  await fresh.database.session(async ({ exec }) => {
    await exec(`insert into organization (id, name, slug, created_at)
      select 'o' || n, 'O' || n, 'org-' || n, now() from generate_series(0, 399) n`);
    const owner = "case when n <= 50 then null else 'o' || n % 400 end";
    await exec(`insert into view (id, organization_id, key, name, url, created_at, updated_at)
      select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, ${owner}, 'k' || n, 'V', '/', now(), now()
      from generate_series(1, 20000) n`);
    await exec(`insert into menu_item (id, organization_id, label, view_space, view_id, created_at, updated_at)
      select gen_random_uuid(), ${owner}, 'L', coalesce(${owner}, ''),
        ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, now(), now() from generate_series(1, 20000) n`);
    await exec("vacuum analyze");
  });
}, 120_000);

afterAll(() => fresh?.dispose());

test.each([
  ["views", listViews, "view_space_id_unique"],
  ["menu items", listMenuItems, "menu_item_space_id_unique"],
] as const)(
  "a page of %s is read by its index, of both audiences in order, and so is the next",
  async (_, list, index) => {
    let cursor: string | null = null;
    for (const _ of ["first", "next"]) {
      const query = PageQuery.parse({ limit: 10, ...(cursor === null ? {} : { cursor }) });
      const steps = await explain(fresh.database, "o7", async (scope) => {
        ({ nextCursor: cursor } = await list(scope, query));
      });
      expect(cursor).not.toBeNull();
      expect(steps.filter(({ kind }) => /Seq Scan|^Sort|Bitmap/.test(kind))).toEqual([]);
      const scans = steps.filter(({ relation }) => relation !== undefined);
      expect(scans.map((step) => step.index)).toEqual([index, index]);
    }
  },
);

test("the navigation is one statement that scans no table", async () => {
  const none = new Set<never>();
  const access = {
    id: "o7",
    slug: "org-7",
    name: "",
    role: "viewer",
    memberId: "m",
    lacksSecondFactor: false,
    graceEndsAt: null,
    permissions: none,
  };
  let statements = 0;
  const steps = await explain(fresh.database, "o7", async (scope) => {
    const { tree } = await navigationFor(scope, { ...access, own: none, unentitled: new Map() }, []);
    expect(tree.items.length).toBe(99);
    statements++;
  });
  expect(statements).toBe(1);
  expect(steps.filter(({ relation, kind }) => relation === "menu_item" && /Seq Scan/.test(kind))).toEqual([]);
});
