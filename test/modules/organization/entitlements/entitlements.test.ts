import { describe, expect, test } from "bun:test";
import { entitlement } from "../../../../src/schema.ts";
import { type Answer, problemOf } from "../../../harness/answer.ts";
import { inSandbox, type Service } from "../../../harness/app.ts";
import { serviceKey } from "../../../harness/keys.ts";
import { modules } from "../../../harness/modules.ts";

const inOurs = (test: (service: Service) => Promise<void>) => inSandbox(test, { modules });

const granted = ({ body }: Answer): string[] =>
  (body as { modules: { name: string; tier: string; granted: boolean }[] }).modules
    .filter(({ tier, granted }) => tier !== "standard" && granted)
    .map(({ name }) => name);

describe("GET /v1/modules", () => {
  test("200 with every module that can be granted, its tier and its permissions", () =>
    inOurs(async ({ signUp, anonymous }) => {
      const { status, body } = await (await signUp()).get("/v1/modules");
      expect(status).toBe(200);
      const { data } = body as { data: { name: string; tier: string; permissions: string[] }[] };
      expect(data).toContainEqual({ name: "forecast", tier: "premium", permissions: ["forecast:read"] });
      expect(data).toContainEqual({ name: "chat", tier: "optional", permissions: ["chat:read"] });
      expect(data.find(({ name }) => name === "projects")).toMatchObject({ tier: "standard" });
      expect(data.find(({ name }) => name === "me")).toBeUndefined();
      expect((await anonymous.get("/v1/modules")).status).toBe(401);
    }));
});

describe("GET /v1/orgs/{org}/entitlements", () => {
  test("200 with what is granted; 403 for a member without entitlement:read", () =>
    inOurs(async ({ organization }) => {
      const { slug, owner, join } = await organization();
      const answer = await owner.get(`/v1/orgs/${slug}/entitlements`);
      expect(answer.status).toBe(200);
      expect(granted(answer)).toEqual([]);
      expect((answer.body as { modules: object[] }).modules).toContainEqual({
        name: "projects",
        tier: "standard",
        granted: true,
      });
      const member = await join("member");
      expect(problemOf(await member.get(`/v1/orgs/${slug}/entitlements`))).toEqual([403, "forbidden"]);
    }));
});

describe("PUT /v1/orgs/{org}/entitlements", () => {
  test("200 grants exactly what is named, by a platform administrator who is no member, with one audit event", () =>
    inOurs(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { id, slug, owner } = await service.organization();
      const path = `/v1/orgs/${slug}/entitlements`;
      expect(granted(await root.put(path, { modules: ["forecast", "chat", "projects"] }))).toEqual([
        "chat",
        "forecast",
      ]);
      expect(granted(await root.put(`/v1/orgs/${id}/entitlements`, { modules: ["chat"] }))).toEqual(["chat"]);
      expect(granted(await root.put(path, { modules: ["chat"] }))).toEqual(["chat"]);
      expect(granted(await owner.get(path))).toEqual(["chat"]);
      expect(granted(await root.get(`/v1/admin/orgs/${id}/entitlements`))).toEqual(["chat"]);
      const { body } = await owner.get(`/v1/orgs/${id}/audit-events?action=entitlement.updated`);
      const { data } = body as { data: { changes: object; actor: object; entity: object }[] };
      expect(data.map(({ changes }) => changes)).toEqual([
        { modules: { from: ["chat", "forecast"], to: ["chat"] } },
        { modules: { from: [], to: ["chat", "forecast"] } },
      ]);
      expect(data[0]).toMatchObject({ actor: { id: root.userId }, entity: { type: "entitlement", id } });
    }));

  test("404 for whoever isn't a platform administrator, the owner included; 404 for no organization", () =>
    inOurs(async (service) => {
      const { slug, owner } = await service.organization();
      const answer = await owner.put(`/v1/orgs/${slug}/entitlements`, { modules: ["forecast"] });
      expect(problemOf(answer)).toEqual([404, "not_found"]);
      const root = await service.signUp({ administrator: true });
      for (const org of ["nowhere", Bun.randomUUIDv7(), "No slug!"]) {
        const path = `/v1/orgs/${encodeURIComponent(org)}/entitlements`;
        expect((await root.put(path, { modules: [] })).status).toBe(404);
      }
      expect(problemOf(await root.put("/v1/orgs/current/entitlements", { modules: [] }))).toEqual([
        400,
        "no_active_organization",
      ]);
      expect(granted(await owner.get(`/v1/orgs/${slug}/entitlements`))).toEqual([]);
    }));

  test("422 that names an unknown module, and nothing is granted", () =>
    inOurs(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { slug } = await service.organization();
      const path = `/v1/orgs/${slug}/entitlements`;
      await root.put(path, { modules: ["chat"] });
      const answer = await root.put(path, { modules: ["forecast", "nothing"] });
      expect(problemOf(answer)).toEqual([422, "validation_failed"]);
      expect(answer.body).toMatchObject({ errors: [{ path: "modules.1" }] });
      expect((await root.put(path, { modules: ["constructor", "__proto__"] })).status).toBe(422);
      expect((await root.put(path, { modules: "chat" })).status).toBe(422);
      expect(granted(await root.get(`/v1/admin/orgs/${await idOf(service, slug)}/entitlements`))).toEqual(["chat"]);
    }));

  test("412 for another version than the one that If-Match names", () =>
    inOurs(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { slug, owner } = await service.organization();
      const path = `/v1/orgs/${slug}/entitlements`;
      const etag = (await owner.get(path)).headers.get("etag") ?? "";
      const first = await root.put(path, { modules: ["chat"] }, { "if-match": etag });
      expect(first.status).toBe(200);
      expect((await root.put(path, { modules: ["forecast"] }, { "if-match": etag })).status).toBe(412);
      const next = { "if-match": first.headers.get("etag") ?? "" };
      expect((await root.put(path, { modules: ["forecast"] }, next)).status).toBe(200);
    }));
});

const idOf = async ({ database }: Service, slug: string) =>
  (await database.statement<{ id: string }>("", "select id from organization where slug = $1", [slug]))[0]?.id;

describe("a permission of a module that isn't granted", () => {
  test("403 entitlement_required for the owner and for a key, until it is granted, and again when it ends", () =>
    inOurs(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { id, slug, owner, join } = await service.organization();
      const viewer = await join("viewer");
      const made = await owner.post(`/v1/orgs/${slug}/api-keys`, { name: "k", permissions: ["project:read"] });
      const key = await serviceKey(service, id, ["forecast:read"]);
      const all = async () => {
        const answers = [await owner.get(`/v1/orgs/${slug}/forecast`), await key.get(`/v1/orgs/${slug}/forecast`)];
        return answers.map((answer) => problemOf(answer));
      };
      const refused = [403, "entitlement_required"];
      expect(made.status).toBe(201);
      expect(await all()).toEqual([refused, refused]);
      // Who wouldn't hold it anyway isn't told to buy it.
      expect(problemOf(await viewer.get(`/v1/orgs/${slug}/forecast`))).toEqual([403, "forbidden"]);
      await root.put(`/v1/orgs/${slug}/entitlements`, { modules: ["chat"] });
      expect(await all()).toEqual([refused, refused]);
      await root.put(`/v1/orgs/${slug}/entitlements`, { modules: ["forecast"] });
      expect(await all()).toEqual([
        [200, undefined],
        [200, undefined],
      ]);
      const { body } = await owner.get(`/v1/me/permissions?org=${slug}`);
      expect((body as { permissions: string[] }).permissions).toContain("forecast:read");
      await root.put(`/v1/orgs/${slug}/entitlements`, { modules: [] });
      expect(await all()).toEqual([refused, refused]);
    }));

  test("403 where what is granted is a module that nobody declares, or another organization's", () =>
    inOurs(async (service) => {
      const { slug, id, owner } = await service.organization();
      const other = await service.organization();
      const row = (organizationId: string, module: string) => ({ organizationId, module, createdAt: new Date() });
      await service.database.db
        .insert(entitlement)
        .values([row(id, "Forecast"), row(id, "gone"), row(id, "forecast "), row(other.id, "forecast")]);
      expect(problemOf(await owner.get(`/v1/orgs/${slug}/forecast`))).toEqual([403, "entitlement_required"]);
      expect(granted(await owner.get(`/v1/orgs/${slug}/entitlements`))).toEqual([]);
    }));

  test("5xx and never a pass when the entitlements can't be read", () =>
    inOurs(async (service) => {
      const { slug, owner } = await service.organization();
      await service.database.statement("", `alter table entitlement rename to entitlement_gone`, []);
      for (const path of ["forecast", "projects"])
        expect((await owner.get(`/v1/orgs/${slug}/${path}`)).status).toBeGreaterThanOrEqual(500);
    }));
});
