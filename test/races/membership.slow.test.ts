import { afterAll, beforeAll, describe, expect } from "bun:test";
import { and, eq, sql } from "drizzle-orm";
import { auditEvent, invitation, member, organization, organizationSetting, subscription } from "../../src/schema.ts";
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

const codes = (answers: Answer[]) =>
  answers.map(({ status, body }) => [status, (body as { code?: string } | undefined)?.code ?? null] as const);
const count = (answers: Answer[], status: number) => answers.filter((answer) => answer.status === status).length;
const times = (n: number, run: (n: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: n }, (_, i) => run(i)));
const memberId = async (who: Actor, id: string) =>
  ((await who.get(`/v1/orgs/${id}/members/me`)).body as { id: string }).id;

/** No row that hangs in the air: every organization has its owner, its settings and its trial. */
async function wholeOrganizations(): Promise<void> {
  const { db } = fresh.database;
  const halves = await db
    .select({ id: organization.id })
    .from(organization)
    .leftJoin(
      member,
      and(eq(member.organizationId, organization.id), sql`'owner' = any(string_to_array(${member.role}, ','))`),
    )
    .leftJoin(organizationSetting, eq(organizationSetting.organizationId, organization.id))
    .leftJoin(subscription, eq(subscription.organizationId, organization.id))
    .where(
      sql`${member.id} is null or ${organizationSetting.organizationId} is null or ${subscription.organizationId} is null`,
    );
  expect(halves).toEqual([]);
}

describe("twenty creations of one slug at once", () => {
  test("one 201 and nineteen 409, and no row is left of those", async () => {
    const founder = await service.signUp();
    const answers = await times(20, () => founder.post("/v1/orgs", { name: "Acme", slug: "race-ours" }));
    expect([count(answers, 201), count(answers, 409)]).toEqual([1, 19]);
    expect(await fresh.database.db.$count(member, eq(member.userId, founder.userId))).toBe(1);
    await wholeOrganizations();
  });

  test("the same through better-auth's route, with the refusal in its words", async () => {
    const founder = await service.signUp();
    const body = { name: "Acme", slug: "race-theirs" };
    const answers = await times(20, () => founder.post("/api/auth/organization/create", body));
    expect(count(answers, 200)).toBe(1);
    for (const [status, code] of codes(answers).filter(([status]) => status !== 200)) {
      expect([400, 409]).toContain(status);
      expect(code).toBe("ORGANIZATION_ALREADY_EXISTS");
    }
    expect(await fresh.database.db.$count(member, eq(member.userId, founder.userId))).toBe(1);
    await wholeOrganizations();
  });

  test("both routes at once: one wins", async () => {
    const founder = await service.signUp();
    const body = { name: "Acme", slug: "race-both" };
    const answers = await times(20, (n) => founder.post(n % 2 ? "/v1/orgs" : "/api/auth/organization/create", body));
    expect(answers.filter(({ status }) => status < 300).length).toBe(1);
    expect(answers.every(({ status }) => status < 500)).toBe(true);
    await wholeOrganizations();
  });

  test("without a slug all are made, each under its own", async () => {
    const founder = await service.signUp();
    const answers = await times(20, () => founder.post("/v1/orgs", { name: "Race Derived" }));
    expect(count(answers, 201)).toBe(20);
    expect(new Set(answers.map(({ body }) => (body as { slug: string }).slug)).size).toBe(20);
  });
});

describe("the last owner", () => {
  test("stays when two owners remove, demote or leave at once, by either door", async () => {
    const ways = [
      (who: Actor, id: string, other: string) => who.delete(`/v1/orgs/${id}/members/${other}`),
      (who: Actor, id: string, other: string) => who.patch(`/v1/orgs/${id}/members/${other}`, { role: "member" }),
      (who: Actor, id: string) => who.delete(`/v1/orgs/${id}/members/me`),
      (who: Actor, id: string, other: string) =>
        who.post("/api/auth/organization/remove-member", { organizationId: id, memberIdOrEmail: other }),
      (who: Actor, id: string, other: string) =>
        who.post("/api/auth/organization/update-member-role", { organizationId: id, memberId: other, role: "member" }),
      (who: Actor, id: string) => who.post("/api/auth/organization/leave", { organizationId: id }),
    ];
    for (const [way, act] of ways.entries())
      for (let round = 0; round < 5; round++) {
        const { id, owner, join } = await service.organization();
        const second = await join("owner");
        const [a, b] = [await memberId(owner, id), await memberId(second, id)];
        const answers = await Promise.all([act(owner, id, b), act(second, id, a)]);
        expect({ way, codes: codes(answers), broken: answers.some(({ status }) => status >= 500) }).toMatchObject({
          broken: false,
        });
        const owners = await fresh.database.db.$count(
          member,
          and(eq(member.organizationId, id), eq(member.role, "owner")),
        );
        expect([way, owners]).toEqual([way, 1]);
      }
  });

  test("409 last_owner to one of two who remove each other", async () => {
    const { id, owner, join } = await service.organization();
    const second = await join("owner");
    const [a, b] = [await memberId(owner, id), await memberId(second, id)];
    const answers = await Promise.all([
      owner.delete(`/v1/orgs/${id}/members/${b}`),
      second.delete(`/v1/orgs/${id}/members/${a}`),
    ]);
    const [won, lost] = codes(answers).toSorted(([x], [y]) => x - y);
    expect(won?.[0]).toBe(204);
    // Who is removed before their own request is looked at is a stranger by then.
    expect([
      [409, "last_owner"],
      [404, "not_found"],
    ] as unknown[]).toContainEqual(lost);
  });
});

describe("one invitation", () => {
  test("A6: fifty accepts at once make one membership, by either door", async () => {
    const { id, owner } = await service.organization();
    const guest = await service.signUp({ verified: true });
    const made = await owner.post(`/v1/orgs/${id}/invitations`, { email: guest.email, role: "member" });
    const invitationId = (made.body as { id: string }).id;
    const answers = await times(50, (n) =>
      n % 5 === 0
        ? guest.post("/api/auth/organization/accept-invitation", { invitationId })
        : guest.post(`/v1/me/invitations/${invitationId}/accept`),
    );
    expect(count(answers, 200)).toBe(1);
    expect(answers.every(({ status }) => status < 500)).toBe(true);
    const { db } = fresh.database;
    expect(await db.$count(member, and(eq(member.organizationId, id), eq(member.userId, guest.userId)))).toBe(1);
    const joined = and(
      eq(auditEvent.organizationId, id),
      eq(auditEvent.action, "member.created"),
      eq(auditEvent.actorId, guest.userId),
    );
    expect(await db.$count(auditEvent, joined)).toBe(1);
  });

  test("accepting against canceling: one of them happens, whole", async () => {
    for (let round = 0; round < 5; round++) {
      const { id, owner } = await service.organization();
      const guest = await service.signUp({ verified: true });
      const made = await owner.post(`/v1/orgs/${id}/invitations`, { email: guest.email, role: "member" });
      const invitationId = (made.body as { id: string }).id;
      const [accepted, canceled] = await Promise.all([
        guest.post(`/v1/me/invitations/${invitationId}/accept`),
        owner.delete(`/v1/orgs/${id}/invitations/${invitationId}`),
      ]);
      const { db } = fresh.database;
      const [row] = await db.select().from(invitation).where(eq(invitation.id, invitationId));
      const members = await db.$count(member, eq(member.userId, guest.userId));
      const outcome = [accepted.status, canceled.status, row?.status, members];
      expect([
        [200, 409, "accepted", 1],
        [409, 204, "canceled", 0],
      ] as unknown[]).toContainEqual(outcome);
    }
  });

  test("accepting against the organization's deletion leaves nothing behind and breaks nothing", async () => {
    for (let round = 0; round < 5; round++) {
      const { id, owner } = await service.organization();
      const guest = await service.signUp({ verified: true });
      const made = await owner.post(`/v1/orgs/${id}/invitations`, { email: guest.email, role: "member" });
      const invitationId = (made.body as { id: string }).id;
      const [accepted, removed] = await Promise.all([
        guest.post(`/v1/me/invitations/${invitationId}/accept`),
        owner.delete(`/v1/orgs/${id}`),
      ]);
      expect([200, 404]).toContain(accepted.status);
      expect(removed.status).toBe(204);
      expect(await fresh.database.db.$count(member, eq(member.userId, guest.userId))).toBe(0);
    }
  });

  test("of one address twenty times at once: one is made and mailed", async () => {
    const { id, owner } = await service.organization();
    const email = `race-${Bun.randomUUIDv7()}@example.com`;
    const answers = await times(20, () => owner.post(`/v1/orgs/${id}/invitations`, { email, role: "member" }));
    expect([count(answers, 201), count(answers, 409)]).toEqual([1, 19]);
    expect(service.mails.filter(({ to }) => to === email).length).toBe(1);
  });
});

test("a subscription goes only ways that exist, however many push it at once", async () => {
  const { id } = await service.organization();
  const administrator = await service.signUp();
  const { database } = fresh;
  await database.statement("", `update "user" set role = 'admin' where id = $1`, [administrator.userId]);
  const statuses = ["active", "past_due", "canceled", "trialing"];
  const path = `/v1/admin/orgs/${id}/subscription`;
  const answers = await times(20, (n) => administrator.patch(path, { status: statuses[n % 4] }));
  expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
  const events = await database.db
    .select()
    .from(auditEvent)
    .where(and(eq(auditEvent.organizationId, id), eq(auditEvent.action, "subscription.updated")))
    .orderBy(auditEvent.id);
  const steps = events.map(({ changes }) => `${String(changes.status?.from)} ${String(changes.status?.to)}`);
  expect(steps.length).toBeGreaterThan(0);
  for (const step of steps) expect(step).not.toMatch(/ trialing$|canceled past_due/);
});
