import { describe, expect, test } from "bun:test";
import { eq, sql } from "drizzle-orm";
import { auditEvent, member, organization, organizationSetting, subscription } from "../../../../src/schema.ts";
import { type Answer, fieldsOf, problemOf } from "../../../harness/answer.ts";
import { inSandbox } from "../../../harness/app.ts";

type Organization = {
  id: string;
  name: string;
  slug: string;
  logo: string | null;
  settings: Record<string, unknown>;
  createdAt: string;
};

const shown = (answer: Answer) => answer.body as Organization;
const unique = () => `slug-${Bun.randomUUIDv7().slice(-12)}`;

describe("POST /v1/orgs", () => {
  test("201 with the row, its Location and its ETag, and the organization active", () =>
    inSandbox(async ({ signUp }) => {
      const founder = await signUp();
      const slug = unique();
      const answer = await founder.post("/v1/orgs", { name: " Acme ", slug });
      expect(answer.status).toBe(201);
      const row = shown(answer);
      expect(row).toEqual({
        id: expect.any(String),
        name: "Acme",
        slug,
        logo: null,
        defaultRole: "member",
        settings: {},
        twoFactorRequiredFrom: null,
        createdAt: expect.stringMatching(/Z$/),
      } as never);
      expect(answer.headers.get("location")).toBe(`/v1/orgs/${row.id}`);
      for (const named of [row.id, slug, "current"]) {
        const read = await founder.get(`/v1/orgs/${named}`);
        expect([read.status, read.body, read.headers.get("etag")]).toEqual([200, row, answer.headers.get("etag")]);
      }
    }));

  test("201 makes the owner, the settings, the trial and the events of it", () =>
    inSandbox(async ({ signUp, database }) => {
      const founder = await signUp();
      const { id } = shown(await founder.post("/v1/orgs", { name: "Acme" }));
      const { db } = database;
      const [owner] = await db.select().from(member).where(eq(member.organizationId, id));
      expect(owner).toMatchObject({ userId: founder.userId, role: "owner" });
      const [trial] = await db.select().from(subscription).where(eq(subscription.organizationId, id));
      expect(trial).toMatchObject({ plan: "free", status: "trialing" });
      expect(await db.$count(organizationSetting, eq(organizationSetting.organizationId, id))).toBe(1);
      const events = await db.select().from(auditEvent).where(eq(auditEvent.organizationId, id));
      expect(events.map(({ action, actorId }) => `${action} ${actorId}`).toSorted()).toEqual([
        `member.created ${founder.userId}`,
        `organization.created ${founder.userId}`,
      ]);
    }));

  test("201 with a slug made from the name, and made unique where that is taken or means something else", () =>
    inSandbox(async ({ signUp }) => {
      const founder = await signUp();
      const slugOf = async (name: string) => shown(await founder.post("/v1/orgs", { name })).slug;
      expect(await slugOf("Crème & Brûlée GmbH")).toBe("creme-brulee-gmbh");
      expect(await slugOf("Crème & Brûlée GmbH")).toMatch(/^creme-brulee-gmbh-[0-9a-f]{6}$/);
      expect(await slugOf("Current")).toMatch(/^current-[0-9a-f]{6}$/);
      expect(await slugOf("東京")).toMatch(/^org-[0-9a-f]{6}$/);
      expect(await slugOf("01990000-0000-7000-8000-000000000000")).toMatch(/^01990000-.*-[0-9a-f]{6}$/);
      const long = await slugOf(`${"a".repeat(47)} tail`);
      expect([long, long.length]).toEqual(["a".repeat(47), 47]);
    }));

  test("409 naming the field for a slug that is taken, and nothing is left of the attempt", () =>
    inSandbox(async ({ signUp, database }) => {
      const [first, second] = [await signUp(), await signUp()];
      const slug = unique();
      await first.post("/v1/orgs", { name: "Acme", slug });
      const answer = await second.post("/v1/orgs", { name: "Acme", slug });
      expect(problemOf(answer)).toEqual([409, "organization_slug_taken"]);
      expect(fieldsOf(answer)).toEqual(["slug"]);
      expect(await database.db.$count(member, eq(member.userId, second.userId))).toBe(0);
      expect((await second.get("/v1/orgs/current")).status).toBe(400);
    }));

  test("422 for a slug that couldn't stand in a path, and for a name that is empty or too long", () =>
    inSandbox(async ({ signUp }) => {
      const founder = await signUp();
      const ids = ["current", "01990000-0000-7000-8000-000000000000", "Acme", "a--b", "-a", "a b", "é", "a".repeat(49)];
      for (const slug of ids) {
        const answer = await founder.post("/v1/orgs", { name: "Acme", slug });
        expect([slug, answer.status, fieldsOf(answer)]).toEqual([slug, 422, ["slug"]]);
      }
      for (const name of ["", "   ", "a".repeat(121), 7, null])
        expect((await founder.post("/v1/orgs", { name })).status).toBe(422);
    }));

  test("422 that names them, for fields that only the service decides", () =>
    inSandbox(async ({ signUp, database }) => {
      const [founder, other] = [await signUp(), await signUp()];
      const id = "01990000-0000-7000-8000-000000000000";
      const given = { name: "Acme", id, userId: other.userId, createdAt: "2001-01-01T00:00:00Z", role: "viewer" };
      const answer = await founder.post("/v1/orgs", given);
      expect([answer.status, fieldsOf(answer)]).toEqual([422, ["id", "userId", "createdAt", "role"]]);
      expect(await database.db.$count(member, eq(member.userId, other.userId))).toBe(0);
    }));

  test("401 for nobody, 403 from an origin that isn't trusted", () =>
    inSandbox(async ({ anonymous, signUp }) => {
      expect((await anonymous.post("/v1/orgs", { name: "Acme" })).status).toBe(401);
      const founder = await signUp();
      const answer = await founder.post("/v1/orgs", { name: "Acme" }, { origin: "https://evil.example" });
      expect(problemOf(answer)).toEqual([403, "untrusted_origin"]);
    }));
});

describe("PATCH /v1/orgs/{org}", () => {
  test("200 for an owner and for an admin, 403 for less, 404 for a stranger", () =>
    inSandbox(async ({ organization: make, signUp }) => {
      const { id, owner, join } = await make();
      expect(shown(await owner.patch(`/v1/orgs/${id}`, { name: "One" })).name).toBe("One");
      expect(shown(await (await join("admin")).patch(`/v1/orgs/${id}`, { name: "Two" })).name).toBe("Two");
      for (const role of ["member", "viewer"])
        expect((await (await join(role)).patch(`/v1/orgs/${id}`, { name: "Three" })).status).toBe(403);
      const stranger = await signUp();
      const [foreign, absent] = [
        await stranger.patch(`/v1/orgs/${id}`, { name: "Mine" }),
        await stranger.patch("/v1/orgs/01990000-0000-7000-8000-000000000000", { name: "Mine" }),
      ];
      expect(foreign.status).toBe(404);
      const { requestId: _a, ...told } = foreign.body as { requestId: string };
      const { requestId: _b, ...same } = absent.body as { requestId: string };
      expect(told).toEqual(same);
    }));

  test("200 with settings merged: those not named stay, null removes one", () =>
    inSandbox(async ({ organization: make }) => {
      const { id, owner } = await make();
      const change = async (settings: object) => shown(await owner.patch(`/v1/orgs/${id}`, { settings })).settings;
      expect(await change({ theme: "dark", seats: 3 })).toEqual({ theme: "dark", seats: 3 });
      expect(await change({ seats: null, beta: true })).toEqual({ theme: "dark", beta: true });
      expect(shown(await owner.get(`/v1/orgs/${id}`)).settings).toEqual({ theme: "dark", beta: true });
    }));

  test("the event names the settings that moved, and hides those that are secret", () =>
    inSandbox(async ({ organization: make, database }) => {
      const { id, owner } = await make();
      await owner.patch(`/v1/orgs/${id}`, { name: "New", settings: { theme: "dark", apiToken: "canary" } });
      await owner.patch(`/v1/orgs/${id}`, { name: "New" });
      const events = await database.db
        .select()
        .from(auditEvent)
        .where(sql`${auditEvent.organizationId} = ${id} and ${auditEvent.action} = 'organization.updated'`);
      expect(events.length).toBe(1);
      expect(events[0]?.changes).toMatchObject({
        name: { to: "New" },
        "settings.theme": { from: null, to: "dark" },
        "settings.apiToken": { from: null, to: "[redacted]" },
      });
      expect(JSON.stringify(events)).not.toContain("canary");
    }));

  test("422 for settings that are nested, too long, too many or oddly named", () =>
    inSandbox(async ({ organization: make }) => {
      const { id, owner } = await make();
      const many = (from: number) => Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`s${from + n}`, n]));
      const refused = [
        { a: {} },
        { a: [] },
        { a: "x".repeat(1001) },
        { "1a": 1 },
        { "a b": 1 },
        { ["a".repeat(65)]: 1 },
      ];
      for (const settings of refused) expect((await owner.patch(`/v1/orgs/${id}`, { settings })).status).toBe(422);
      expect((await owner.patch(`/v1/orgs/${id}`, { settings: many(0) })).status).toBe(200);
      expect(fieldsOf(await owner.patch(`/v1/orgs/${id}`, { settings: many(60) }))).toEqual(["settings"]);
      const polluted = await owner.request("PATCH", `/v1/orgs/${id}`, {
        headers: { "content-type": "application/json" },
        body: '{"settings":{"__proto__":{"polluted":true}}}',
      });
      expect(polluted.status).toBeLessThan(500);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    }));

  test("409 for a slug that is taken, 422 for a logo that isn't a web address", () =>
    inSandbox(async ({ organization: make }) => {
      const [one, other] = [await make(), await make()];
      expect(problemOf(await one.owner.patch(`/v1/orgs/${one.id}`, { slug: other.slug }))).toEqual([
        409,
        "organization_slug_taken",
      ]);
      for (const logo of ["javascript:alert(1)", "data:text/html,x", "logo.png"])
        expect(fieldsOf(await one.owner.patch(`/v1/orgs/${one.id}`, { logo }))).toEqual(["logo"]);
      expect(shown(await one.owner.patch(`/v1/orgs/${one.id}`, { slug: one.slug })).slug).toBe(one.slug);
    }));

  test("412 for another version than the one that was read", () =>
    inSandbox(async ({ organization: make }) => {
      const { id, owner } = await make();
      const etag = (await owner.get(`/v1/orgs/${id}`)).headers.get("etag") ?? "";
      expect((await owner.patch(`/v1/orgs/${id}`, { name: "One" }, { "if-match": etag })).status).toBe(200);
      expect((await owner.patch(`/v1/orgs/${id}`, { name: "Two" }, { "if-match": etag })).status).toBe(412);
      expect((await owner.delete(`/v1/orgs/${id}`, undefined, { "if-match": etag })).status).toBe(412);
    }));
});

describe("DELETE /v1/orgs/{org}", () => {
  test("204 for an owner only, with all that is its own; its history stays", () =>
    inSandbox(async ({ organization: make, database }) => {
      const { id, owner, join } = await make();
      await owner.post(`/v1/orgs/${id}/projects`, { name: "Apollo" });
      await owner.post(`/v1/orgs/${id}/invitations`, { email: "new@example.com", role: "member" });
      expect((await (await join("admin")).delete(`/v1/orgs/${id}`)).status).toBe(403);
      const answer = await owner.delete(`/v1/orgs/${id}`);
      expect([answer.status, answer.text]).toEqual([204, ""]);
      const { db } = database;
      expect(await db.$count(organization, eq(organization.id, id))).toBe(0);
      expect(await db.$count(member, eq(member.organizationId, id))).toBe(0);
      expect((await owner.get(`/v1/orgs/${id}`)).status).toBe(404);
      expect(problemOf(await owner.get("/v1/orgs/current"))).toEqual([400, "no_active_organization"]);
      const events = await db.select().from(auditEvent).where(eq(auditEvent.organizationId, id));
      expect(events.map(({ action }) => action)).toContain("organization.deleted");
      expect(events.map(({ action }) => action)).toContain("project.created");
    }));
});
