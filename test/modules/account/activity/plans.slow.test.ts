import { afterAll, beforeAll, expect, test } from "bun:test";
import { ActivityQuery, myActivity } from "../../../../src/modules/account/activity/activity.ts";
import { freshDatabase } from "../../../harness/database.ts";
import { explain } from "../../../harness/explain.ts";
import type { FreshDatabase } from "../../../harness/fresh-database.ts";

// 100 000 events of 200 organizations, by 1 000 users over half a year.
let fresh: FreshDatabase;

beforeAll(async () => {
  fresh = await freshDatabase();
  await fresh.database.session(async ({ exec }) => {
    await exec(
      `insert into "user" (id, name, email, created_at, updated_at) values ('u7', 'U', 'u@example.com', now(), now())`,
    );
    await exec(`insert into organization (id, name, slug, created_at) values ('o8', 'O', 'o', now())`);
    await exec(
      `insert into member (id, organization_id, user_id, role, created_at) values ('m', 'o8', 'u7', 'owner', now())`,
    );
    await exec(`insert into audit_event
        (id, organization_id, actor_type, actor_id, action, entity_type, entity_id, changes, created_at)
      select gen_random_uuid(), 'o' || n % 200 + 1, 'user', 'u' || n % 1000,
        'project.updated', 'project', 'e' || n % 97, '{}', now() - n * interval '3 minutes'
      from generate_series(1, 100000) n`);
    await exec("vacuum analyze");
  });
}, 120_000);

afterAll(() => fresh.dispose());

test("a person's activity is read by its index, by person and time, however much others do", async () => {
  const read = async (scope: Parameters<typeof myActivity>[0]) => {
    const { total } = await myActivity(scope, ActivityQuery.parse({ days: 90 }));
    expect(total).toBeGreaterThan(10);
  };
  const steps = await explain(fresh.database, null, read, "u7");
  const events = steps.filter((step) => step.relation === "audit_event" || step.index?.startsWith("audit_event"));
  expect(events.find(({ index }) => index !== undefined)).toMatchObject({ index: "audit_event_person_idx" });
  const condition = events.map((step) => step.condition).join(" ");
  expect(condition).toContain("actor_id");
  expect(condition).toContain("created_at");
});
