import { describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import type { TenantSettings } from "../../../../src/db/driver/connection.ts";
import { auditEvent, ownActivity } from "../../../../src/schema.ts";
import { inSandbox, type Service } from "../../../harness/app.ts";

type Counted = { day: string; action: string; count: number };
type Body = { from: string; to: string; total: number; data: Counted[] };

const dayMs = 24 * 3600 * 1000;

/** Records what somebody did, so many days ago. */
async function did(
  { database, clock }: Service,
  event: { organizationId: string | null; actorId: string; action: string; impersonatorId?: string },
  daysAgo = 0,
): Promise<string> {
  const createdAt = new Date(clock.now().getTime() - daysAgo * dayMs);
  const about = { actorType: "user" as const, entityType: "project", entityId: "p", changes: {} };
  await database.db.insert(auditEvent).values({ ...event, ...about, createdAt });
  return createdAt.toISOString();
}

describe("GET /v1/me/activity", () => {
  test("401 for nobody", () =>
    inSandbox(async ({ anonymous }) => {
      expect((await anonymous.get("/v1/me/activity")).status).toBe(401);
    }));

  test("counts by day and action what one did oneself, in organizations that one is in now", () =>
    inSandbox(async (service) => {
      const [here, left] = [await service.organization(), await service.organization()];
      const me = await service.signUp();
      await here.join("member", me);
      await left.join("member", me);
      const mine = { organizationId: here.id, actorId: me.userId };
      const today = (await did(service, { ...mine, action: "task.created" })).slice(0, 10);
      await did(service, { ...mine, action: "task.created" });
      await did(service, { ...mine, action: "task.updated" });
      const before = (await did(service, { ...mine, action: "task.deleted" }, 6)).slice(0, 10);
      await did(service, { ...mine, action: "task.deleted" }, 7);
      await did(service, { ...mine, action: "task.restored", impersonatorId: "an-administrator" });
      await did(service, { ...mine, actorId: here.owner.userId, action: "project.created" });
      await did(service, { ...mine, organizationId: left.id, action: "project.deleted" });
      await did(service, { ...mine, organizationId: null, action: "user.updated" });
      expect((await me.delete(`/v1/orgs/${left.id}/members/me`)).status).toBe(204);

      const { status, body } = await me.get("/v1/me/activity?days=7");
      expect(status).toBe(200);
      expect(body).toEqual({
        from: before,
        to: today,
        total: 4,
        data: [
          { day: today, action: "task.created", count: 2 },
          { day: today, action: "task.updated", count: 1 },
          { day: before, action: "task.deleted", count: 1 },
        ],
      });
      expect(((await me.get("/v1/me/activity?days=8")).body as Body).total).toBe(5);
      expect(((await (await service.signUp()).get("/v1/me/activity")).body as Body).total).toBe(0);
    }));

  test.each(["0", "91", "1.5", "all"])("422 for %s days", (days) =>
    inSandbox(async ({ signUp }) => {
      expect((await (await signUp()).get(`/v1/me/activity?days=${days}`)).status).toBe(422);
    }),
  );
});

describe("GET /v1/me/dashboard", () => {
  test("200 with zeros for who has done nothing", () =>
    inSandbox(async ({ signUp }) => {
      expect((await (await signUp()).get("/v1/me/dashboard")).body).toEqual({
        organizations: 0,
        sessions: 1,
        activity: { total: 0, today: 0, lastAt: null },
      });
    }));

  test("200 with one's own numbers", () =>
    inSandbox(async (service) => {
      const { id, owner, join } = await service.organization();
      const other = await join("member");
      const before = (await owner.get("/v1/me/dashboard")).body as { activity: { total: number } };
      const lastAt = await did(service, { organizationId: id, actorId: owner.userId, action: "project.created" });
      await did(service, { organizationId: id, actorId: owner.userId, action: "project.created" }, 29);
      await did(service, { organizationId: id, actorId: owner.userId, action: "project.created" }, 30);
      await did(service, { organizationId: id, actorId: other.userId, action: "project.created" });
      const { body } = await owner.get("/v1/me/dashboard");
      expect(body).toMatchObject({
        organizations: 1,
        activity: { total: before.activity.total + 2, lastAt },
      });
      expect((await other.get("/v1/me/dashboard")).body).toMatchObject({
        organizations: 1,
        activity: { total: 1, today: 1 },
      });
    }));
});

test("nobody reads others' activity from the view, whatever they ask it", () =>
  inSandbox(async (service) => {
    const { id, owner, join } = await service.organization();
    const other = await join("admin");
    await did(service, { organizationId: id, actorId: owner.userId, action: "project.created" });
    const seen = (settings: TenantSettings) =>
      service.database.transaction(settings, (tx) => tx.$count(ownActivity, eq(ownActivity.action, "project.created")));
    expect(await seen({ "app.organization_id": "", "app.user_id": owner.userId })).toBe(1);
    expect(await seen({ "app.organization_id": "", "app.user_id": other.userId })).toBe(0);
    expect(await seen({ "app.organization_id": id, "app.user_id": other.userId })).toBe(0);
    expect(await seen({ "app.organization_id": "", "app.user_id": "" })).toBe(0);
  }));
