import { afterAll, beforeAll, expect, test } from "bun:test";
import { eventsFrom } from "../../../../src/core/audit.ts";
import { modules } from "../../../../src/modules.ts";
import { auditEventQuery, listAuditEvents } from "../../../../src/modules/platform/audit-events/list.ts";
import { freshDatabase } from "../../../harness/database.ts";
import type { FreshDatabase } from "../../../harness/fresh-database.ts";
import { explain } from "../../../harness/explain.ts";

// 100 000 events of 200 organizations, a fifth of them of one, by 1 000 users.
let fresh: FreshDatabase;

beforeAll(async () => {
  fresh = await freshDatabase();
  await fresh.database.session(async ({ exec }) => {
    await exec(`insert into "user" (id, name, email, created_at, updated_at)
      select 'u' || n, 'User ' || n, 'u' || n || '@example.com', now(), now() from generate_series(0, 999) n`);
    await exec(`insert into audit_event
        (id, organization_id, actor_type, actor_id, action, entity_type, entity_id, changes, created_at)
      select gen_random_uuid(), case when n % 5 = 0 then 'o1' else 'o' || n % 200 + 1 end, 'user', 'u' || n % 997 % 100,
        'project.updated', case when n % 3 = 0 then 'project' else 'task' end, 'e' || n % 97, '{}',
        now() - n * interval '1 minute'
      from generate_series(1, 100000) n`);
    await exec(`insert into audit_event (id, actor_type, actor_id, action, entity_type, entity_id, changes, created_at)
      select gen_random_uuid(), 'user', 'u' || n % 100, 'user.updated', 'user', 'u' || n, '{}',
        now() - n * interval '1 minute'
      from generate_series(1, 20000) n`);
    await exec("vacuum analyze");
  });
}, 120_000);

afterAll(() => fresh.dispose());

const month = { from: "2020-01-01T00:00:00Z", to: new Date(Date.now() - 30 * 86_400_000).toISOString() };

test.each([
  ["without a filter", {}, "audit_event_organization_created_idx"],
  ["in a span of time", month, "audit_event_organization_created_idx"],
  ["by action", { action: "project.updated" }, "audit_event_organization_created_idx"],
  ["of an entity", { entityType: "project", entityId: "e7" }, "audit_event_entity_idx"],
  ["by an actor", { actorId: "u42" }, "audit_event_actor_idx"],
])("a page %s is read by its index, newest first without a sort, and so is the next", async (_, query, index) => {
  let nextCursor: string | null = null;
  const list = (more: object) => async (scope: Parameters<typeof listAuditEvents>[0]) => {
    const page = await listAuditEvents(
      scope,
      "o1",
      auditEventQuery(eventsFrom(modules)).parse({ limit: 10, ...query, ...more }),
    );
    expect(page.data).toHaveLength(10);
    ({ nextCursor } = page);
  };
  const first = await explain(fresh.database, "o1", list({}));
  const next = await explain(fresh.database, "o1", list({ cursor: nextCursor }));
  for (const steps of [first, next]) {
    expect(steps.filter(({ kind }) => /Sort|Bitmap/.test(kind))).toEqual([]);
    expect(steps.find(({ relation }) => relation === "audit_event")).toMatchObject({ kind: "Index Scan", index });
  }
  expect(next.find(({ relation }) => relation === "audit_event")?.condition).toContain("ROW(");
});

test("a page of what belongs to no organization is read by its index without a sort, and so is the next", async () => {
  let nextCursor: string | null = null;
  for (const _ of ["first", "next"]) {
    const query = auditEventQuery(eventsFrom(modules)).parse({
      limit: 10,
      ...(nextCursor === null ? {} : { cursor: nextCursor }),
    });
    const steps = await explain(fresh.database, null, async (scope) => {
      ({ nextCursor } = await listAuditEvents(scope, null, query));
    });
    expect(nextCursor).not.toBeNull();
    expect(steps.filter(({ kind }) => /Sort|Bitmap/.test(kind))).toEqual([]);
    const index = "audit_event_platform_idx";
    expect(steps.find(({ relation }) => relation === "audit_event")).toMatchObject({ kind: "Index Scan", index });
  }
});
