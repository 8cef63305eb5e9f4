import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Database } from "../../../../src/db/types.ts";
import { listInvitations } from "../../../../src/modules/organization/invitations/invitations.ts";
import { InvitationQuery } from "../../../../src/modules/organization/invitations/schemas.ts";
import { getMember, listMembers, MemberQuery } from "../../../../src/modules/organization/members/members.ts";
import { standingReader } from "../../../../src/verify/load/effective.ts";
import { catalogueFrom } from "../../../../src/core/access/permission.ts";
import { modules } from "../../../../src/modules.ts";
import { freshDatabase } from "../../../harness/database.ts";
import type { FreshDatabase } from "../../../harness/fresh-database.ts";
import { explain } from "../../../harness/explain.ts";

// 5 000 people in 50 organizations, a tenth of them also in one; as many invitations. And 100 000 in one of its own.
let fresh: FreshDatabase;
let database: Database;
const none = new Set<never>();
const standing = { permissions: none, own: none, unentitled: new Map() };
const access = {
  id: "o1",
  slug: "org-1",
  name: "",
  role: "admin",
  memberId: "m1",
  lacksSecondFactor: false,
  graceEndsAt: null,
  ...standing,
};

beforeAll(async () => {
  fresh = await freshDatabase();
  database = fresh.database;
  await database.session(async ({ exec }) => {
    await exec(`insert into organization (id, name, slug, created_at)
      select 'o' || n, 'Organization ' || n, 'org-' || n, now() from generate_series(1, 50) n`);
    await exec(`insert into "user" (id, name, email, email_verified, created_at, updated_at)
      select 'u' || n, 'Person ' || n, 'u' || n || '@example.com', true, now(), now() from generate_series(1, 5000) n`);
    await exec(`insert into member (id, organization_id, user_id, role, created_at)
      select 'm' || n, case when n % 10 = 0 then 'o1' else 'o' || n % 49 + 2 end, 'u' || n, 'member',
        now() - n * interval '1 minute' from generate_series(1, 5000) n`);
    await exec(`insert into invitation (id, organization_id, email, role, status, expires_at, created_at, inviter_id)
      select 'i' || n, case when n % 10 = 0 then 'o1' else 'o' || n % 49 + 2 end, 'g' || n || '@example.com', 'member',
        'pending', now() + interval '1 day', now() - n * interval '1 minute', 'u1' from generate_series(1, 5000) n`);
    await exec(`insert into organization (id, name, slug, created_at) values ('big', 'Big', 'big', now())`);
    await exec(`insert into "user" (id, name, email, email_verified, created_at, updated_at)
      select 'b' || n, 'Person ' || n, 'b' || n || '@example.com', true, now(), now() from generate_series(1, 100000) n`);
    await exec(`insert into member (id, organization_id, user_id, role, created_at)
      select 'b' || n, 'big', 'b' || n, case n when 1 then 'owner' else 'member' end, now() - n * interval '1 second'
      from generate_series(1, 100000) n`);
    await exec("vacuum analyze");
  });
}, 120_000);
afterAll(() => fresh.dispose());

test.each(["createdAt", "-createdAt"])("members by %s are read by an index, entered at the cursor", async (sort) => {
  let cursor: string | null = null;
  for (const relation of ["first page", "next page"]) {
    const query = MemberQuery.parse({ sort, ...(cursor ? { cursor } : {}) });
    const steps = await explain(database, "o1", async (scope) => {
      ({ nextCursor: cursor } = await listMembers(scope, query));
    });
    expect({ relation, slow: steps.filter(({ kind }) => /Seq Scan|^Sort|Bitmap/.test(kind)) }).toEqual({
      relation,
      slow: [],
    });
    const scan = steps.find((step) => step.relation === "member");
    expect(scan?.index).toBe("member_organization_created_idx");
    if (relation === "next page") expect(scan?.condition).toContain("ROW(");
  }
});

test.each(["createdAt", "-createdAt"])(
  "invitations by %s are read by an index, entered at the cursor",
  async (sort) => {
    let cursor: string | null = null;
    for (const relation of ["first page", "next page"]) {
      const query = InvitationQuery.parse({ sort, ...(cursor ? { cursor } : {}) });
      const steps = await explain(database, "o1", async (scope) => {
        ({ nextCursor: cursor } = await listInvitations(scope, access, query));
      });
      expect({ relation, slow: steps.filter(({ kind }) => /Seq Scan|^Sort|Bitmap/.test(kind)) }).toEqual({
        relation,
        slow: [],
      });
      const scan = steps.find((step) => step.relation === "invitation");
      expect(scan?.index).toBe("invitation_organization_created_idx");
      if (relation === "next page") expect(scan?.condition).toContain("ROW(");
    }
  },
);

describe("an organization with 100 000 members", () => {
  test("lists its last page by the same steps as its first, none of which reads on", async () => {
    const plan = async (after: string | null) => {
      let read = 0;
      const steps = await explain(database, "big", async (scope) => {
        const cursor = after === null ? {} : { cursor: scope.cursors.encode("members:createdAt", [after, "c"]) };
        read = (await listMembers(scope, MemberQuery.parse({ limit: 100, ...cursor }))).data.length;
      });
      return {
        read,
        steps: steps.map(({ kind, index }) => [kind, index]),
        scan: steps.find(({ relation }) => relation === "member"),
      };
    };
    const first = await plan(null);
    const [before] = await database.statement<{ at: Date }>(
      "",
      `select created_at as at from "member" where organization_id = 'big' order by created_at desc offset 100 limit 1`,
      [],
    );
    const last = await plan(before?.at.toISOString() ?? "");
    expect([first.read, last.read]).toEqual([100, 100]);
    for (const { scan } of [first, last]) expect(scan?.index).toBe("member_organization_created_idx");
    expect(last.steps).toEqual(first.steps);
    expect(last.scan?.condition).toContain("ROW(");
    expect(
      [first, last].flatMap(({ steps }) => steps).filter(([kind]) => /Seq Scan|^Sort|Bitmap/.test(kind ?? "")),
    ).toEqual([]);
  });

  test("reads one member's roles by one probe of one index", async () => {
    const steps = await explain(database, "big", (scope) => getMember(scope, "b50000"));
    const scan = steps.find((step) => step.relation === "member");
    expect([scan?.kind, scan?.index]).toEqual(["Index Scan", "member_pkey"]);
    const standing = standingReader({ database, catalogue: catalogueFrom(modules), clock: () => new Date() });
    expect((await standing("b50000", "big", null))?.role).toBe("member");
    const text = `explain (format json) select role from "member" where organization_id = 'big' and user_id = 'b50000'`;
    const [row] = await database.statement<{ "QUERY PLAN": { Plan: object }[] }>("", text, []);
    expect(row?.["QUERY PLAN"][0]?.Plan).toMatchObject({
      "Node Type": "Index Scan",
      "Index Cond": expect.stringMatching(/organization_id.*user_id|user_id.*organization_id/),
    });
  });
});
