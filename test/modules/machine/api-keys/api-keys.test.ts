import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { eq } from "drizzle-orm";
import { hashApiKey } from "../../../../src/core/api-key.ts";
import { apikey, auditEvent, member, session, user } from "../../../../src/schema.ts";
import { everyPage } from "../../../harness/answer.ts";
import { proven } from "../../../harness/assurance.ts";
import { inSandbox, type Organization } from "../../../harness/app.ts";
import { holder, type MadeKey, makeKey, serviceKey } from "../../../harness/keys.ts";

const errors = (body: unknown) => (body as { errors?: { path: string; message: string }[] }).errors ?? [];
const code = (body: unknown) => (body as { code: string }).code;
const path = ({ id }: Organization, key?: MadeKey) => `/v1/orgs/${id}/api-keys${key ? `/${key.id}` : ""}`;

describe("POST /v1/orgs/{org}/api-keys", () => {
  test("201 shows the key this once; its SHA-256 is all that is kept, and nothing of it is shown again", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const body = { name: "deploys", permissions: ["project:read"], metadata: { team: "core" } };
      const made = await organization.owner.post(path(organization), body);
      expect(made.status).toBe(201);
      const { key, ...row } = made.body as MadeKey & Record<string, unknown>;
      expect(made.headers.get("location")).toBe(path(organization, row as MadeKey));
      expect(key).toMatch(/^gh_[0-9A-Za-z]{49}$/);
      expect(row).toMatchObject({
        ...body,
        enabled: true,
        start: key.slice(0, 8),
        createdBy: organization.owner.userId,
      });

      const [stored] = await service.database.db.select().from(apikey).where(eq(apikey.id, row.id));
      const hash = createHash("sha256").update(key).digest("base64url");
      expect(stored?.key).toBe(hash);
      expect(JSON.stringify({ ...stored, key: null })).not.toContain(key.slice(8));

      await holder(service, key).get("/v1/verify");
      const rotated = (
        await organization.owner.post(`${path(organization, row as MadeKey)}/rotate`, { overlapSeconds: 60 })
      ).body as MadeKey;
      const shown = [
        await organization.owner.get(path(organization, row as MadeKey)),
        await organization.owner.get(path(organization)),
        await organization.owner.patch(path(organization, row as MadeKey), { name: "renamed" }),
        await organization.owner.get(`/v1/orgs/${organization.id}/audit-events`),
        await organization.owner.get(`/api/auth/api-key/list?organizationId=${organization.id}`),
        await holder(service, key).get("/v1/me"),
      ].map(({ text }) => text);
      const history = await service.database.db.select().from(auditEvent).orderBy(auditEvent.id);
      const everything = [...shown, ...service.logs, JSON.stringify(history)].join("\n");
      for (const secret of [key, rotated.key]) {
        expect(everything).not.toContain(secret.slice(8));
        expect(everything).not.toContain(hashApiKey(secret));
      }
      const actions = history.filter(({ entityId }) => entityId === row.id).map(({ action }) => action);
      expect(actions).toEqual(["apiKey.created", "apiKey.rotated", "apiKey.updated"]);
    }));

  test("403 for a permission that its creator doesn't hold, which is named; 422 for one that doesn't exist", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const admin = await organization.join("admin");
      const beyond = await admin.post(path(organization), {
        name: "x",
        permissions: ["project:read", "organization:delete"],
      });
      expect([beyond.status, code(beyond.body)]).toEqual([403, "permission_beyond_yours"]);
      expect(beyond.text).toContain("organization:delete");
      for (const permission of ["project:fly", "constructor:name", "__proto__:polluted"]) {
        const unknown = await organization.owner.post(path(organization), { name: "x", permissions: [permission] });
        expect([permission, unknown.status, errors(unknown.body)[0]?.path]).toEqual([permission, 422, "permissions"]);
      }
      for (const permission of [
        "project",
        "project:read:all",
        " project:read",
        "*",
        "project:*",
        "*:*",
        "project.read",
        "project:read,task:read",
      ]) {
        const odd = await organization.owner.post(path(organization), { name: "x", permissions: [permission] });
        expect([permission, odd.status]).toEqual([permission, 422]);
      }
    }));

  test("422 for a time that has passed, a refill without a quota, and settings out of bounds", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const hour = 3_600_000;
      for (const [field, settings] of [
        ["expiresAt", { expiresAt: new Date(service.clock.now().getTime() - 1).toISOString() }],
        ["refill", { refill: { amount: 10, intervalMs: hour } }],
        ["refill", { refill: { amount: 10, intervalMs: hour }, remaining: null }],
        ["refill.amount", { refill: { amount: 0, intervalMs: hour }, remaining: 1 }],
        ["refill.intervalMs", { refill: { amount: 1, intervalMs: 1 }, remaining: 1 }],
        ["remaining", { remaining: -1 }],
        ["remaining", { remaining: 0.5 }],
        ["remaining", { remaining: "10" }],
        ["rateLimit.limit", { rateLimit: { limit: 0, windowMs: hour } }],
        ["rateLimit.windowMs", { rateLimit: { limit: 1, windowMs: 1e15 } }],
        ["metadata", { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, i])) }],
        [
          "metadata",
          { metadata: Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`k${i}`, "x".repeat(1000)])) },
        ],
        ["metadata.nested", { metadata: { nested: { deep: 1 } } }],
        ["name", { name: " " }],
      ] as const) {
        const answer = await organization.owner.post(path(organization), { name: "x", ...settings });
        expect([settings, answer.status, errors(answer.body)[0]?.path]).toEqual([settings, 422, field]);
      }
      const long = { refill: { amount: 10, intervalMs: 365 * 24 * hour }, remaining: Number.MAX_SAFE_INTEGER };
      expect(await makeKey(organization, long)).toMatchObject(long);
    }));

  test("422 that names the fields that only the service sets: whose it is, who made it, its hash", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const other = await service.organization();
      const metadata = JSON.parse('{"__proto__":"x","constructor":"y"}') as object;
      const forged = {
        id: "chosen",
        referenceId: other.id,
        organizationId: other.id,
        userId: other.owner.userId,
        createdBy: other.owner.userId,
        configId: "service",
        key: "chosen",
        previousKey: "chosen",
        requestCount: -100,
        enabled: false,
      };
      const { owner } = organization;
      const refused = await owner.post(path(organization), { name: "forged", metadata, ...forged });
      expect([
        refused.status,
        errors(refused.body)
          .map((error) => error.path)
          .toSorted(),
      ]).toEqual([422, Object.keys(forged).toSorted()]);
      const made = await makeKey(organization, { metadata });
      const [row] = await service.database.db.select().from(apikey).where(eq(apikey.id, made.id));
      expect(row).toMatchObject({
        referenceId: organization.id,
        organizationId: organization.id,
        createdBy: organization.owner.userId,
        configId: "default",
        previousKey: null,
        requestCount: 0,
        enabled: true,
      });
      expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
      expect((await holder(service, made.key).get("/v1/verify")).status).toBe(200);
    }));

  test("a key makes keys of what it holds itself, and they depend on the person behind it", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const first = holder(
        service,
        (await makeKey(organization, { permissions: ["apiKey:create", "project:read"] })).key,
      );
      const beyond = await first.post(path(organization), { name: "x", permissions: ["project:create"] });
      expect([beyond.status, code(beyond.body)]).toEqual([403, "permission_beyond_yours"]);
      const second = await first.post(path(organization), { name: "x", permissions: ["project:read"] });
      expect(second.body).toMatchObject({ createdBy: organization.owner.userId });
      const [event] = await service.database.db
        .select()
        .from(auditEvent)
        .where(eq(auditEvent.entityId, (second.body as MadeKey).id));
      expect(event).toMatchObject({ action: "apiKey.created", actorType: "apiKey" });
    }));

  test("403 for a service key, which no person stands behind, and while impersonating: nothing is made", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const { db } = service.database;
      const ofService = await serviceKey(service, organization.id, ["apiKey:create", "apiKey:update"]);
      const mine = await makeKey(organization);
      for (const [who, why] of [
        [ofService, "person_required"],
        [organization.owner, "impersonating"],
      ] as const) {
        if (why === "impersonating")
          await db
            .update(session)
            .set({ impersonatedBy: "somebody" })
            .where(eq(session.userId, organization.owner.userId));
        for (const answer of [
          await who.post(path(organization), { name: "x" }),
          await who.post(`${path(organization, mine)}/rotate`, {}),
        ])
          expect([answer.status, code(answer.body)]).toEqual([403, why]);
      }
      expect(await db.$count(apikey)).toBe(2);
    }));
});

describe("GET /v1/orgs/{org}/api-keys", () => {
  test("200 in pages, newest first, each key once, service keys left out", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const made: string[] = [];
      for (let i = 0; i < 5; i++) {
        made.unshift((await makeKey(organization, { name: `key ${i}` })).id);
        service.clock.advance(1);
      }
      await serviceKey(service, organization.id);
      const seen = await everyPage<{ id: string }>(organization.owner, path(organization), 2);
      expect(seen.map(({ id }) => id)).toEqual(made);
      const named = (await organization.owner.get(`${path(organization)}?q=KEY%203`)).body as {
        data: { id: string }[];
      };
      expect(named.data.map(({ id }) => id)).toEqual([made[1]!]);
    }));
});

describe("PATCH /v1/orgs/{org}/api-keys/{id}", () => {
  test("200 with what was said, the rest as it was; disabled it is refused, enabled it works again", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const made = await makeKey(organization, { permissions: ["project:read"], metadata: { a: 1 } });
      const key = holder(service, made.key);
      const disabled = await organization.owner.patch(path(organization, made), { enabled: false });
      expect(disabled.body).toMatchObject({ enabled: false, permissions: ["project:read"], metadata: { a: 1 } });
      const refused = await key.get("/v1/verify");
      expect([refused.status, code(refused.body)]).toEqual([401, "unauthenticated"]);
      expect(refused.headers.get("www-authenticate")).toContain('error="invalid_token"');
      await organization.owner.patch(path(organization, made), { enabled: true, permissions: ["task:read"] });
      expect((await key.get("/v1/verify")).headers.get("x-auth-permissions")).toBe("task:read");
      const events = await organization.owner.get(`/v1/orgs/${organization.id}/audit-events`);
      expect(events.text).toContain('"enabled":{"from":true,"to":false}');
    }));

  test("403 beyond one's own permissions, 422 for a refill that is left without a quota", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const admin = await organization.join("admin");
      const refill = { amount: 5, intervalMs: 60_000 };
      const made = await makeKey(organization, { remaining: 5, refill });
      const beyond = await admin.patch(path(organization, made), { permissions: ["organization:delete"] });
      expect([beyond.status, code(beyond.body)]).toEqual([403, "permission_beyond_yours"]);
      expect((await admin.patch(path(organization, made), { remaining: null })).status).toBe(422);
      const lifted = await admin.patch(path(organization, made), { remaining: null, refill: null });
      expect(lifted.body).toMatchObject({ remaining: null, refill: null });
      expect((await admin.patch(path(organization, made), { refill })).status).toBe(422);
    }));

  test("412 for a version that somebody has changed, not for one that was only used", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const { owner } = organization;
      const made = await makeKey(organization, { remaining: 100 });
      const etag = (await owner.get(path(organization, made))).headers.get("etag") ?? "";
      for (let i = 0; i < 3; i++) await holder(service, made.key).get("/v1/verify");
      const used = await owner.get(path(organization, made));
      expect(used.body).toMatchObject({ remaining: 97 });
      expect(used.headers.get("etag")).toBe(etag);
      const changed = await owner.patch(path(organization, made), { name: "renamed" }, { "if-match": etag });
      expect(changed.status).toBe(200);
      expect((await owner.patch(path(organization, made), { name: "again" }, { "if-match": etag })).status).toBe(412);
      expect((await owner.delete(path(organization, made), undefined, { "if-match": etag })).status).toBe(412);
      const now = changed.headers.get("etag") ?? "";
      expect((await owner.delete(path(organization, made), undefined, { "if-match": now })).status).toBe(204);
    }));
});

describe("POST /v1/orgs/{org}/api-keys/{id}/rotate", () => {
  test("200 with a new key; the old one is refused at once, or when the overlap ends", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const made = await makeKey(organization);
      const status = async (key: string) => (await holder(service, key).get("/v1/verify")).status;
      const rotate = async (body?: object) =>
        (await organization.owner.post(`${path(organization, made)}/rotate`, body)).body as MadeKey;
      const second = await rotate({ overlapSeconds: 60 });
      expect(second).toMatchObject({ id: made.id, start: second.key.slice(0, 8) });
      expect([await status(made.key), await status(second.key)]).toEqual([200, 200]);
      service.clock.advance(59_000);
      expect(await status(made.key)).toBe(200);
      service.clock.advance(1_000);
      expect([await status(made.key), await status(second.key)]).toEqual([401, 200]);
      const third = await rotate();
      expect([await status(second.key), await status(third.key)]).toEqual([401, 200]);
      const fourth = await rotate({ overlapSeconds: 60 });
      const fifth = await rotate({ overlapSeconds: 60 });
      expect([await status(third.key), await status(fourth.key), await status(fifth.key)]).toEqual([401, 200, 200]);
    }));

  test("a key ends with the person who rotated it; the one before, with whose it was", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const [one, other] = [await organization.join("admin"), await organization.join("admin")];
      const made = (await one.post(path(organization), { name: "k", permissions: ["project:read"] })).body as MadeKey;
      const status = async ({ key }: MadeKey) => (await holder(service, key).get("/v1/verify")).status;
      const rotate = async (who: typeof one) =>
        (await who.post(`${path(organization, made)}/rotate`, { overlapSeconds: 600 })).body as MadeKey;
      const second = await rotate(other);
      expect(second).toMatchObject({ createdBy: other.userId });
      expect([await status(made), await status(second)]).toEqual([200, 200]);
      await service.database.db.delete(member).where(eq(member.userId, one.userId));
      expect([await status(made), await status(second)]).toEqual([401, 200]);
      await service.database.db.delete(member).where(eq(member.userId, other.userId));
      expect(await status(second)).toBe(401);
      const third = await rotate(organization.owner);
      expect([await status(second), await status(third)]).toEqual([401, 200]);
      await service.database.db.delete(user).where(eq(user.id, other.userId));
      expect([await status(second), await status(third)]).toEqual([401, 200]);
    }));

  test("the quota is one over both keys, and so is the rate limit", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const made = await makeKey(organization, { remaining: 3, rateLimit: { limit: 2, windowMs: 60_000 } });
      const rotated = (await organization.owner.post(`${path(organization, made)}/rotate`, { overlapSeconds: 600 }))
        .body as MadeKey;
      const use = async (key: string) => code((await holder(service, key).get("/v1/verify")).body);
      expect([await use(made.key), await use(rotated.key)]).toEqual([undefined!, undefined!]);
      expect([await use(made.key), await use(rotated.key)]).toEqual(["rate_limited", "rate_limited"]);
      service.clock.advance(60_000);
      expect([await use(made.key), await use(rotated.key)]).toEqual([undefined!, "quota_exceeded"]);
    }));

  test("403 for who doesn't hold what the key holds: whoever gets the new key could do it", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const admin = await organization.join("admin");
      const owners = await makeKey(organization, { permissions: ["organization:delete"] });
      const refused = await admin.post(`${path(organization, owners)}/rotate`, {});
      expect([refused.status, code(refused.body)]).toEqual([403, "permission_beyond_yours"]);
      expect((await holder(service, owners.key).get("/v1/verify")).status).toBe(200);
      const weak = holder(service, (await makeKey(organization, { permissions: ["apiKey:update"] })).key);
      expect((await weak.post(`${path(organization, owners)}/rotate`, {})).status).toBe(403);
      const plain = await makeKey(organization, { permissions: ["project:read"] });
      expect((await admin.post(`${path(organization, plain)}/rotate`, {})).status).toBe(200);
    }));
});

describe("what ends a key", () => {
  const ways: Record<string, (world: World) => Promise<unknown>> = {
    "it is deleted": ({ organization, made }) => organization.owner.delete(path(organization, made)),
    "it is disabled": ({ organization, made }) =>
      organization.owner.patch(path(organization, made), { enabled: false }),
    "its organization is deleted": ({ organization }) => organization.owner.delete(`/v1/orgs/${organization.id}`),
    "its organization is deleted by SQL": ({ service, organization }) =>
      service.database.statement("", "delete from organization where id = $1", [organization.id]),
    "its creator is banned by an administrator": async ({ service, creator }) => {
      const admin = await service.signUp();
      await service.database.db.update(user).set({ role: "admin" }).where(eq(user.id, admin.userId));
      const answer = await admin.post("/api/auth/admin/ban-user", { userId: creator.userId });
      expect(answer.status).toBe(200);
    },
    "its creator is banned by SQL": ({ service, creator }) =>
      service.database.db.update(user).set({ banned: true }).where(eq(user.id, creator.userId)),
    "its creator is removed": async ({ organization, creator }) => {
      const { id } = (await creator.get(`/v1/orgs/${organization.id}/members/me`)).body as { id: string };
      const answer = await organization.owner.delete(`/v1/orgs/${organization.id}/members/${id}`);
      expect(answer.status).toBe(204);
    },
    "its creator leaves": ({ organization, creator }) => creator.delete(`/v1/orgs/${organization.id}/members/me`),
    "its creator's membership is deleted by SQL": ({ service, creator }) =>
      service.database.db.delete(member).where(eq(member.userId, creator.userId)),
    "its creator's account is deleted": async ({ creator }) => {
      const answer = await creator.delete("/v1/me", { password: "correct horse battery" });
      expect(answer.status).toBe(204);
    },
    "its creator is deleted by SQL": ({ service, creator }) =>
      service.database.db.delete(user).where(eq(user.id, creator.userId)),
  };
  type World = {
    service: Parameters<Parameters<typeof inSandbox>[0]>[0];
    organization: Organization;
    creator: Awaited<ReturnType<Organization["join"]>>;
    made: MadeKey;
  };

  for (const [way, end] of Object.entries(ways))
    test(`401 when ${way}`, () =>
      inSandbox(async (service) => {
        const organization = await service.organization();
        const creator = await organization.join("admin");
        const made = await makeKey(organization, { permissions: ["project:read"], remaining: 100 }, creator);
        const key = holder(service, made.key);
        expect((await key.get(`/v1/orgs/${organization.id}/projects`)).status).toBe(200);
        await end({ service, organization, creator, made });
        for (const path of ["/v1/verify", `/v1/orgs/${organization.id}/projects`]) {
          const answer = await key.get(path);
          expect([answer.status, answer.headers.get("www-authenticate")?.startsWith("Bearer ")]).toEqual([401, true]);
        }
      }));

  test("401 from its expiry on, to the millisecond", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const start = new Date(Date.now() + 1_000_000);
      service.clock.set(start);
      await proven(service, organization.owner);
      const made = await makeKey(organization, { expiresAt: new Date(start.getTime() + 60_000).toISOString() });
      const key = holder(service, made.key);
      service.clock.set(new Date(start.getTime() + 59_000));
      expect((await key.get("/v1/verify")).status).toBe(200);
      service.clock.set(new Date(start.getTime() + 60_000));
      expect((await key.get("/v1/verify")).status).toBe(401);
    }));

  test("a ban that ends gives it back; a smaller role takes from it what the role doesn't hold", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const creator = await organization.join("admin");
      const permissions = ["apiKey:create", "project:create", "project:read"];
      const key = holder(service, (await makeKey(organization, { permissions }, creator)).key);
      const held = async () => (await key.get("/v1/verify")).headers.get("x-auth-permissions");
      expect(await held()).toBe(permissions.join(" "));
      const { db } = service.database;
      const banExpires = new Date(service.clock.now().getTime() + 60_000);
      await db.update(user).set({ banned: true, banExpires }).where(eq(user.id, creator.userId));
      expect(await held()).toBe(null);
      service.clock.advance(60_001);
      await db.update(member).set({ role: "viewer" }).where(eq(member.userId, creator.userId));
      expect(await held()).toBe("project:read");
      const refused = await key.post(`/v1/orgs/${organization.id}/projects`, { name: "x" });
      expect([refused.status, code(refused.body)]).toEqual([403, "forbidden"]);
    }));
});

test("a stored permission that can't be read grants nothing, and harms no other key", () =>
  inSandbox(async (service) => {
    const organization = await service.organization();
    for (const permissions of ["{", "[]", "7", '"project:read"', '{"project":"read"}', '{"project":null}']) {
      const made = await makeKey(organization, { permissions: ["project:read"] });
      const other = await makeKey(organization, { permissions: ["project:read"] });
      await service.database.db.update(apikey).set({ permissions }).where(eq(apikey.id, made.id));
      const answers = await Promise.all([made, other].map(({ key }) => holder(service, key).get("/v1/verify")));
      expect(answers.map(({ headers }) => headers.get("x-auth-permissions"))).toEqual(["", "project:read"]);
    }
  }));
