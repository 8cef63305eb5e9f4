import { afterAll, beforeAll, describe, expect } from "bun:test";
import { and, eq, sql } from "drizzle-orm";
import { auditEvent, member, organizationRole } from "../../src/schema.ts";
import type { Actor } from "../harness/actor.ts";
import type { Answer } from "../harness/answer.ts";
import { openService, type Service } from "../harness/app.ts";
import { reporting } from "../harness/reporting.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";

let fresh: FreshDatabase;
let service: Service;
const test = reporting(() => service);
beforeAll(async () => {
  fresh = await freshDatabase();
  service = await openService({ database: fresh.database });
});
afterAll(async () => {
  await service.deps.close();
  await fresh.dispose();
});

const count = (answers: Answer[], status: number) => answers.filter((answer) => answer.status === status).length;
const times = (n: number, run: (n: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: n }, (_, i) => run(i)));
const memberId = async (who: Actor, id: string) =>
  ((await who.get(`/v1/orgs/${id}/members/me`)).body as { id: string }).id;

describe("one role's name, twenty times at once", () => {
  test("one 201 and nineteen 409", async () => {
    const { id, owner } = await service.organization();
    const answers = await times(20, () => owner.post(`/v1/orgs/${id}/roles`, { name: "support" }));
    expect([count(answers, 201), count(answers, 409)]).toEqual([1, 19]);
    expect(await fresh.database.db.$count(organizationRole, eq(organizationRole.organizationId, id))).toBe(1);
  });

  test("by both doors: one is made, the others are refused in their door's words", async () => {
    const { id, owner } = await service.organization();
    const answers = await times(20, (n) =>
      n % 2
        ? owner.post(`/v1/orgs/${id}/roles`, { name: "support" })
        : owner.post("/api/auth/organization/create-role", { organizationId: id, role: "support", permission: {} }),
    );
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
    expect(answers.every(({ status }) => [200, 201, 400, 409].includes(status))).toBe(true);
    expect(
      await fresh.database.db.$count(
        auditEvent,
        and(eq(auditEvent.organizationId, id), eq(auditEvent.action, "role.created")),
      ),
    ).toBe(1);
  });
});

test("what a role says, replaced twenty times at once, is one of the sets whole, and one If-Match wins once", async () => {
  const { id, owner } = await service.organization();
  const path = `/v1/orgs/${id}/roles/support/permissions`;
  await owner.post(`/v1/orgs/${id}/roles`, { name: "support" });
  const etag = (await owner.get(path)).headers.get("etag") ?? "";
  const sets = [
    ["task:create", "task:read", "task:update"],
    ["project:create", "project:read", "project:update"],
  ];
  const set = (n: number) => ({ permissions: (sets[n % 2] ?? []).map((permission) => ({ permission })) });
  const held = await times(20, (n) => owner.put(path, set(n), { "if-match": etag }));
  expect([count(held, 200), count(held, 412)]).toEqual([1, 19]);
  const free = await times(20, (n) => owner.put(path, set(n)));
  expect(count(free, 200)).toBe(20);
  const { permissions } = (await owner.get(path)).body as { permissions: { permission: string }[] };
  expect(sets).toContainEqual(permissions.map(({ permission }) => permission));
});

test("one entry, twenty times at once, is one entry; different ones are all kept", async () => {
  const { id, owner } = await service.organization();
  const path = `/v1/orgs/${id}/roles/support`;
  await owner.post(`/v1/orgs/${id}/roles`, { name: "support" });
  const names = ["task:create", "task:read", "task:update", "task:delete"];
  const answers = await times(20, (n) =>
    owner.patch(`${path}/permissions/${names[n % 4]}`, { effect: n % 4 === 3 ? "deny" : "allow" }),
  );
  expect(count(answers, 200)).toBe(20);
  const { permissions } = (await owner.get(path)).body as { permissions: { permission: string }[] };
  expect(permissions.map(({ permission }) => permission)).toEqual(names.toSorted());
});

test("a role that ends while it is given: somebody has it, or it is gone, never both", async () => {
  for (let round = 0; round < 10; round++) {
    const { id, owner, join } = await service.organization();
    await owner.post(`/v1/orgs/${id}/roles`, { name: "support" });
    const target = await memberId(await join("viewer"), id);
    const [given, ended] = await Promise.all([
      round % 2
        ? owner.patch(`/v1/orgs/${id}/members/${target}`, { role: "viewer,support" })
        : owner.post("/api/auth/organization/update-member-role", {
            organizationId: id,
            memberId: target,
            role: "viewer,support",
          }),
      owner.delete(`/v1/orgs/${id}/roles/support`),
    ]);
    const { db } = fresh.database;
    const holders = await db.$count(member, and(eq(member.organizationId, id), eq(member.role, "viewer,support")));
    const roles = await db.$count(organizationRole, eq(organizationRole.organizationId, id));
    expect([
      [200, 409, 1, 1],
      [422, 204, 0, 0],
      [400, 204, 0, 0],
    ] as unknown[]).toContainEqual([given.status, ended.status, holders, roles]);
  }
});

test("the last owner stays, however many demote, remove and leave at once, by either door", async () => {
  for (let round = 0; round < 3; round++) {
    const { id, owner, join } = await service.organization();
    const owners = [owner, await join("owner"), await join("owner"), await join("owner,admin")];
    const ids = await Promise.all(owners.map((who) => memberId(who, id)));
    const answers = await times(20, (n) => {
      const [who, other] = [owners[n % 4]!, ids[(n + 1) % 4] ?? ""];
      if (n % 5 === 0) return who.delete(`/v1/orgs/${id}/members/me`);
      if (n % 5 === 1) return who.delete(`/v1/orgs/${id}/members/${other}`);
      if (n % 5 === 2) return who.patch(`/v1/orgs/${id}/members/${other}`, { role: "viewer" });
      const body = { organizationId: id, memberId: other, memberIdOrEmail: other, role: "viewer" };
      return who.post(`/api/auth/organization/${n % 5 === 3 ? "remove-member" : "update-member-role"}`, body);
    });
    expect(answers.filter(({ status }) => status >= 500).map(({ text }) => text)).toEqual([]);
    const left = and(eq(member.organizationId, id), sql`'owner' = any(string_to_array(${member.role}, ','))`);
    expect(await fresh.database.db.$count(member, left)).toBeGreaterThanOrEqual(1);
  }
});

test("the next request goes by what a role says now, whichever door changed it", async () => {
  const { id, owner, join } = await service.organization();
  await owner.post(`/v1/orgs/${id}/roles`, { name: "support", permissions: [{ permission: "task:read" }] });
  const holder = await join("support");
  const may = async () => (await holder.get(`/v1/verify?org=${id}&permission=task:read`)).status;
  for (let round = 0; round < 5; round++) {
    for (const [effect, status] of [
      ["deny", 403],
      ["allow", 200],
      ["inherit", 403],
      ["allow", 200],
    ] as const) {
      const changed = await owner.patch(`/v1/orgs/${id}/roles/support/permissions/task:read`, { effect });
      expect(changed.status).toBe(200);
      expect([effect, await may()]).toEqual([effect, status]);
    }
    const official = {
      organizationId: id,
      roleName: "support",
      data: { permission: round % 2 ? { task: ["read"] } : {} },
    };
    expect((await owner.post("/api/auth/organization/update-role", official)).status).toBe(200);
    expect(await may()).toBe(round % 2 ? 200 : 403);
  }
});
