import { describe, expect, test } from "bun:test";
import { apiKeyClient } from "@better-auth/api-key/client";
import { createAuthClient } from "better-auth/client";
import { eq } from "drizzle-orm";
import { hashApiKey } from "../../src/core/api-key.ts";
import { apikey, auditEvent } from "../../src/schema.ts";
import { type Actor, connectedFrom } from "../harness/actor.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { holder, makeKey, serviceKey } from "../harness/keys.ts";

/** The official client in the hand of somebody who is signed in. */
function client({ app }: Service, { cookie }: Actor) {
  const baseURL = "http://localhost:3000";
  const customFetchImpl = async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init);
    request.headers.set("origin", baseURL);
    if (cookie) request.headers.set("cookie", cookie);
    return app.fetch(request, connectedFrom());
  };
  return createAuthClient({ baseURL, plugins: [apiKeyClient()], fetchOptions: { customFetchImpl } }).apiKey;
}

describe("the official apiKeyClient", () => {
  test("lists, reads, changes and deletes the organization's keys for its owner and its administrators", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const { id: organizationId, owner, join } = organization;
      for (const who of [owner, await join("admin")]) {
        const made = await makeKey(organization, { permissions: ["project:read"], metadata: { team: "core" } });
        const key = holder(service, made.key);
        const api = client(service, who);
        const list = await api.list({ query: { organizationId } });
        expect(list.data?.apiKeys.find(({ id }) => id === made.id)).toMatchObject({
          start: made.start,
          referenceId: organizationId,
          permissions: { project: ["read"] },
          metadata: { team: "core" },
          enabled: true,
        });
        const read = await api.get({ query: { id: made.id } });
        expect(read.data).toMatchObject({ id: made.id, name: "for a test" });
        const renamed = await api.update({ keyId: made.id, name: "renamed", enabled: false });
        expect(renamed.data).toMatchObject({ name: "renamed", enabled: false });
        expect((await key.get("/v1/verify")).status).toBe(401);
        await api.update({ keyId: made.id, enabled: true });
        expect((await key.get("/v1/verify")).status).toBe(200);
        expect((await api.delete({ keyId: made.id })).data).toEqual({ success: true });
        expect((await key.get("/v1/verify")).status).toBe(401);

        const shown = JSON.stringify([list, read, renamed]);
        for (const secret of [made.key.slice(8), hashApiKey(made.key), '"key"', "previousKey", "createdBy"])
          expect(shown).not.toContain(secret);
        const events = await service.database.db
          .select()
          .from(auditEvent)
          .where(eq(auditEvent.entityId, made.id))
          .orderBy(auditEvent.id);
        expect(events.map(({ action }) => action)).toEqual([
          "apiKey.created",
          "apiKey.updated",
          "apiKey.updated",
          "apiKey.deleted",
        ]);
        expect(events.map(({ actorId }) => actorId)).toEqual([owner.userId, who.userId, who.userId, who.userId]);
        expect(new Set(events.map((event) => event.organizationId))).toEqual(new Set([organizationId]));
        expect(JSON.stringify(events)).not.toContain(hashApiKey(made.key));
      }
    }));

  test("is refused for a member, a stranger, an ex-member and nobody: nothing changes", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const other = await service.organization();
      const made = await makeKey(organization);
      const left = await organization.join("admin");
      await left.delete(`/v1/orgs/${organization.id}/members/me`);
      const before = await service.database.db.select().from(apikey);
      for (const [who, status] of [
        [await organization.join("member"), 403],
        [await organization.join("viewer"), 403],
        [other.owner, 403],
        [left, 403],
        [service.anonymous, 401],
      ] as const) {
        const api = client(service, who);
        for (const { error } of [
          await api.list({ query: { organizationId: organization.id } }),
          await api.get({ query: { id: made.id } }),
          await api.update({ keyId: made.id, enabled: false }),
          await api.delete({ keyId: made.id }),
        ])
          expect(error?.status).toBe(status);
      }
      expect(await service.database.db.select().from(apikey)).toEqual(before);
      const mine = await client(service, other.owner).list({ query: {} });
      expect(mine.data?.apiKeys).toEqual([]);
    }));

  test("makes no keys and sets no field that the service sets, however it is asked", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const { id: organizationId, owner } = organization;
      const made = await makeKey(organization, { remaining: 5 });
      for (const who of [owner, service.anonymous])
        for (const path of ["create", "create/", "%63reate", "/create", "verify", "delete-all-expired-api-keys"]) {
          const body = { name: "x", organizationId, userId: owner.userId, permissions: { project: ["read"] } };
          const answer = await who.post(`/api/auth/api-key/${path}`, body);
          expect([path, answer.status]).toEqual([path, 404]);
        }
      for (const field of [
        { remaining: 1000 },
        { permissions: { organization: ["delete"] } },
        { rateLimitEnabled: false },
        { rateLimitMax: 1 },
        { rateLimitTimeWindow: 1 },
        { refillAmount: 1, refillInterval: 1 },
        { metadata: { a: 1 } },
        { createdBy: "x", key: "x", previousKey: "x", referenceId: "x", configId: "service" },
      ]) {
        const answer = await owner.post("/api/auth/api-key/update", { keyId: made.id, ...field });
        expect([field, answer.status]).toEqual([field, 400]);
      }
      const foreign = await owner.post("/api/auth/api-key/update", { keyId: made.id, name: "x", userId: "somebody" });
      expect(foreign.status).toBe(401);
      const rows = await service.database.db.select().from(apikey);
      expect(rows).toMatchObject([{ id: made.id, remaining: 5, name: "for a test", configId: "default" }]);
    }));

  test("sweeps away no expired key of anybody, which a GET would do in better-auth", () =>
    inSandbox(async (service) => {
      const [one, two] = [await service.organization(), await service.organization()];
      const expiresAt = new Date(Date.now() + 1000).toISOString();
      const made = [await makeKey(one, { expiresAt }), await makeKey(two, { expiresAt })];
      await service.database.statement("", "update apikey set expires_at = now() - interval '1 day'", []);
      const api = client(service, one.owner);
      await api.list({ query: { organizationId: one.id } });
      await api.get({ query: { id: made[0]!.id } });
      expect(await service.database.db.$count(apikey)).toBe(2);
      const actions = (await service.database.db.select().from(auditEvent)).map(({ action }) => action);
      expect(actions).not.toContain("apiKey.deleted");
    }));

  test("lists beyond the first hundred, in pages and sorted, and no service's keys", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      await service.database.statement(
        "",
        `insert into apikey (id, reference_id, name, key, created_by, created_at, updated_at)
         select 'key-' || n, $1, 'key ' || n, 'hash ' || n, $2, now(), now() from generate_series(1, 130) n`,
        [organization.id, organization.owner.userId],
      );
      await serviceKey(service, organization.id);
      const api = client(service, organization.owner);
      const query = { organizationId: organization.id, limit: 100, offset: 100, sortBy: "createdAt" };
      const { data } = await api.list({ query });
      expect([data?.total, data?.apiKeys.length]).toEqual([130, 30]);
      const services = await api.list({ query: { organizationId: organization.id, configId: "service" } });
      expect(services.data?.apiKeys).toEqual([]);
      for (const sortBy of ["nonsense", "key; drop table apikey", "previousKey"]) {
        const answer = await organization.owner.get(
          `/api/auth/api-key/list?organizationId=${organization.id}&sortBy=${encodeURIComponent(sortBy)}`,
        );
        expect([sortBy, answer.status]).toEqual([sortBy, 400]);
      }
    }));
});

test("an API key signs nobody in at better-auth's routes, in whatever header it comes", () =>
  inSandbox(async (service) => {
    const organization = await service.organization();
    const made = await makeKey(organization, { permissions: ["apiKey:read", "apiKey:create"] });
    for (const header of ["authorization", "x-api-key"]) {
      const key = holder(service, made.key, header);
      expect((await key.get("/api/auth/get-session")).text).toBe("null");
      for (const [method, path, body] of [
        ["GET", "/api/auth/list-sessions"],
        ["GET", `/api/auth/api-key/list?organizationId=${organization.id}`],
        ["POST", "/api/auth/update-user", { name: "x" }],
        ["POST", "/api/auth/change-password", { currentPassword: "x", newPassword: "correct horse battery" }],
        ["POST", "/api/auth/organization/create", { name: "x", slug: "x" }],
        ["GET", "/api/auth/token"],
      ] as const) {
        const answer = await (method === "GET" ? key.get(path) : key.post(path, body));
        expect([path, answer.status]).toEqual([path, 401]);
      }
    }
  }));

test("deleting an account tells its organizations which keys ended with it", () =>
  inSandbox(async (service) => {
    const organization = await service.organization();
    const creator = await organization.join("admin");
    const made = await makeKey(organization, {}, creator);
    expect((await creator.delete("/v1/me", { password: "correct horse battery" })).status).toBe(204);
    const events = await service.database.db
      .select()
      .from(auditEvent)
      .where(eq(auditEvent.entityId, made.id))
      .orderBy(auditEvent.id);
    expect(events).toMatchObject([
      { action: "apiKey.created" },
      { action: "apiKey.deleted", organizationId: organization.id, actorId: creator.userId },
    ]);
  }));
