import { expect, test } from "bun:test";
import { parse } from "csv-parse/sync";
import { sql } from "drizzle-orm";
import { inSandbox } from "../../../harness/app.ts";

test("200 with every event that fits, oldest first, as NDJSON and as CSV that no spreadsheet computes", () =>
  inSandbox(async ({ organization, database, anonymous }) => {
    const { id, owner, join } = await organization();
    const changes = { a: { from: null, to: 'x,"y"\n' } };
    const evil = `=HYPERLINK("https://x.example","a")`;
    await database.db.execute(sql`
      insert into audit_event (id, organization_id, actor_type, action, entity_type, entity_id, changes, user_agent, created_at)
      select gen_random_uuid(), ${id}, 'system', 'thing.made', 'thing', ${evil}, ${JSON.stringify(changes)}::jsonb, '@SUM(1)',
        now() - n * interval '1 second' from generate_series(1, 1200) n`);
    const path = `/v1/orgs/${id}/audit-events/export`;
    const all = await owner.get(path);
    expect([all.status, all.headers.get("content-type")]).toEqual([200, "application/x-ndjson"]);
    const events = all.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { createdAt: string; entity: { id: string } });
    const mine = events.filter(({ entity }) => entity.id === evil);
    expect(mine.length).toBe(1200);
    expect(events.map(({ createdAt }) => createdAt)).toEqual(events.map(({ createdAt }) => createdAt).toSorted());
    const csv = await owner.get(`${path}?format=csv`);
    expect(csv.headers.get("content-disposition")).toBe('attachment; filename="audit-events.csv"');
    const rows = parse<Record<string, string>>(csv.text, { columns: true });
    expect(rows.length).toBe(events.length);
    expect(rows.find(({ entityId }) => entityId?.endsWith(evil))).toMatchObject({
      entityId: `'${evil}`,
      userAgent: "'@SUM(1)",
      actorType: "system",
      sealed: "false",
      changes: JSON.stringify(changes),
    });
    expect((await owner.get(`${path}?actorType=person`)).text).not.toContain("thing.made");
    expect((await owner.get(`${path}?format=xml`)).status).toBe(422);
    expect((await (await join("member")).get(path)).status).toBe(403);
    expect((await anonymous.get(path)).status).toBe(401);
  }));

test("429 after the thirtieth export of an organization in an hour", () =>
  inSandbox(
    async ({ organization }) => {
      const { id, owner } = await organization();
      const path = `/v1/orgs/${id}/audit-events/export?from=2999-01-01T00:00:00Z`;
      const statuses = [];
      for (let n = 0; n < 31; n++) statuses.push((await owner.get(path)).status);
      expect(statuses).toEqual([...Array<number>(30).fill(200), 429]);
    },
    { env: { RATE_LIMIT: "on" } },
  ));
