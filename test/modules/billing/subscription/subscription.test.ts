import { describe, expect, test } from "bun:test";
import { eq, sql } from "drizzle-orm";
import { auditEvent, subscription } from "../../../../src/schema.ts";
import type { Actor } from "../../../harness/actor.ts";
import { type Answer, problemOf } from "../../../harness/answer.ts";
import { proven } from "../../../harness/assurance.ts";
import { inSandbox, type Organization, type Service } from "../../../harness/app.ts";

type Subscription = {
  plan: string;
  status: string;
  cancelAtPeriodEnd: boolean;
  trialEndsAt: string | null;
  currentPeriodStart: string;
  currentPeriodEnd: string;
};

const shown = (answer: Answer) => answer.body as Subscription;

type Given = Service & Organization & { path: string; adminPath: string; administrator: Actor };

async function withOrganization(test: (given: Given) => Promise<void>): Promise<void> {
  await inSandbox(async (service) => {
    const organization = await service.organization();
    const administrator = await service.signUp({ administrator: true });
    const path = `/v1/orgs/${organization.id}/subscription`;
    const adminPath = `/v1/admin/orgs/${organization.id}/subscription`;
    await test({ ...service, ...organization, path, adminPath, administrator });
  });
}

describe("the organization's own subscription", () => {
  test("200 for owners and admins, on trial at first; 403 for members and viewers", () =>
    withOrganization(async ({ owner, join, path }) => {
      const row = shown(await owner.get(path));
      expect(row).toMatchObject({ plan: "free", status: "trialing", cancelAtPeriodEnd: false });
      expect(row.trialEndsAt).toBe(row.currentPeriodEnd);
      expect((await (await join("admin")).get(path)).status).toBe(200);
      for (const role of ["member", "viewer"]) expect((await (await join(role)).get(path)).status).toBe(403);
    }));

  test("200 lets it end with its period or go on, for owners only; 422 for anything else about it", () =>
    withOrganization(async ({ owner, join, path }) => {
      const refused = await owner.patch(path, { cancelAtPeriodEnd: true, plan: "gold", status: "active" });
      expect(refused.body).toMatchObject({ status: 422, errors: [{ path: "plan" }, { path: "status" }] });
      expect(shown(await owner.get(path))).toMatchObject({
        cancelAtPeriodEnd: false,
        plan: "free",
        status: "trialing",
      });
      expect(shown(await owner.patch(path, { cancelAtPeriodEnd: true })).cancelAtPeriodEnd).toBe(true);
      expect(shown(await owner.patch(path, { cancelAtPeriodEnd: false })).cancelAtPeriodEnd).toBe(false);
      expect((await (await join("admin")).patch(path, { cancelAtPeriodEnd: true })).status).toBe(403);
      for (const body of [{}, { cancelAtPeriodEnd: "yes" }]) expect((await owner.patch(path, body)).status).toBe(422);
    }));

  test("409 once it has ended, 412 for another version", () =>
    withOrganization(async ({ owner, administrator, path, adminPath }) => {
      const etag = (await owner.get(path)).headers.get("etag") ?? "";
      await administrator.patch(adminPath, { status: "canceled" });
      expect((await owner.patch(path, { cancelAtPeriodEnd: true }, { "if-match": etag })).status).toBe(412);
      expect(problemOf(await owner.patch(path, { cancelAtPeriodEnd: true }))).toEqual([409, "illegal_transition"]);
    }));
});

describe("PATCH /v1/admin/orgs/{orgId}/subscription", () => {
  test("every transition: 200 for those that exist, 409 for the others", () =>
    withOrganization(async ({ id, administrator, adminPath, database }) => {
      const statuses = ["trialing", "active", "past_due", "canceled"] as const;
      const possible: string[] = [];
      for (const from of statuses)
        for (const to of statuses) {
          await database.db.update(subscription).set({ status: from }).where(eq(subscription.organizationId, id));
          const answer = await administrator.patch(adminPath, { status: to });
          if (answer.status === 200) possible.push(`${from} ${to}`);
          else expect(problemOf(answer)).toEqual([409, "illegal_transition"]);
        }
      expect(possible).toEqual([
        "trialing trialing",
        "trialing active",
        "trialing past_due",
        "trialing canceled",
        "active active",
        "active past_due",
        "active canceled",
        "past_due active",
        "past_due past_due",
        "past_due canceled",
        "canceled active",
        "canceled canceled",
      ]);
    }));

  test("200 with another plan and period, and an event in the organization's history; none where nothing changed", () =>
    withOrganization(async ({ id, administrator, adminPath, database }) => {
      const currentPeriodEnd = "2031-01-01T01:00:00+01:00";
      const answer = await administrator.patch(adminPath, { plan: "gold", status: "active", currentPeriodEnd });
      expect(shown(answer)).toMatchObject({
        plan: "gold",
        status: "active",
        currentPeriodEnd: "2031-01-01T00:00:00.000Z",
      });
      expect((await administrator.patch(adminPath, { plan: "gold" })).status).toBe(200);
      const events = await database.db
        .select()
        .from(auditEvent)
        .where(sql`${auditEvent.organizationId} = ${id} and ${auditEvent.action} = 'subscription.updated'`);
      expect(events.length).toBe(1);
      expect(events[0]).toMatchObject({
        actorId: administrator.userId,
        changes: { plan: { from: "free", to: "gold" }, status: { from: "trialing", to: "active" } },
      });
    }));

  test("200 takes an ended one up again: a new period, and going on after it", () =>
    withOrganization(async ({ owner, administrator, path, adminPath, clock, database }) => {
      await owner.patch(path, { cancelAtPeriodEnd: true });
      await administrator.patch(adminPath, { status: "canceled" });
      clock.advance(20 * 24 * 3600 * 1000);
      await proven({ database, clock }, administrator);
      const past = new Date(clock.now().getTime() - 1000).toISOString();
      expect((await administrator.patch(adminPath, { status: "active", currentPeriodEnd: past })).status).toBe(422);
      expect((await administrator.patch(adminPath, { status: "active" })).status).toBe(422);
      const currentPeriodEnd = new Date(clock.now().getTime() + 30 * 24 * 3600 * 1000).toISOString();
      const row = shown(await administrator.patch(adminPath, { status: "active", currentPeriodEnd }));
      expect(row).toMatchObject({ status: "active", cancelAtPeriodEnd: false, currentPeriodEnd });
      expect(Math.abs(Date.parse(row.currentPeriodStart) - clock.now().getTime())).toBeLessThan(5000);
    }));

  test("404 for who is no platform administrator, and for an organization that isn't there", () =>
    withOrganization(async ({ owner, administrator, adminPath }) => {
      expect((await owner.patch(adminPath, { status: "active" })).status).toBe(404);
      expect((await owner.get(adminPath)).status).toBe(404);
      expect((await administrator.get(adminPath)).status).toBe(200);
      for (const id of ["01990000-0000-7000-8000-000000000000", "x"])
        expect((await administrator.patch(`/v1/admin/orgs/${id}/subscription`, { plan: "gold" })).status).toBe(404);
    }));

  test("422 for a status, a plan or a time that is none", () =>
    withOrganization(async ({ administrator, adminPath }) => {
      const bodies = [{ status: "free" }, { plan: "Gold Plan" }, { plan: "" }, { currentPeriodEnd: "tomorrow" }];
      for (const body of [...bodies, { currentPeriodEnd: "2001-01-01T00:00:00Z" }])
        expect((await administrator.patch(adminPath, body)).status).toBe(422);
    }));
});
