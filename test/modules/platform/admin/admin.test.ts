import { describe, expect, test } from "bun:test";
import { account } from "../../../../src/schema.ts";
import { everyPage } from "../../../harness/answer.ts";
import { inSandbox } from "../../../harness/app.ts";

type Page = { data: Record<string, unknown>[]; nextCursor: string | null };

describe("/v1/admin", () => {
  test("404 for who is no platform administrator, an organization's owner included; 401 for nobody", () =>
    inSandbox(async ({ organization, anonymous }) => {
      const { owner } = await organization();
      for (const path of ["/v1/admin/users", `/v1/admin/users/${owner.userId}`, "/v1/admin/health"]) {
        expect((await owner.get(path)).status).toBe(404);
        expect((await anonymous.get(path)).status).toBe(401);
      }
      const absent = await owner.get("/v1/nothing");
      const hidden = await owner.get("/v1/admin/users");
      const plain = (answer: typeof absent) => ({ ...(answer.body as object), requestId: "" });
      expect(plain(hidden)).toEqual(plain(absent));
    }));
});

describe("GET /v1/admin/users", () => {
  test("200 finds one by address, whatever its case", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const ada = await service.signUp({ email: "ada.lovelace@example.com" });
      const { body } = await root.get("/v1/admin/users?email=Ada.LOVELACE@example.com");
      expect((body as Page).data.map(({ id }) => id)).toEqual([ada.userId]);
      expect(((await root.get("/v1/admin/users?email=lovelace@example.com")).body as Page).data).toEqual([]);
    }));

  test("200 finds one by who they are to a provider, and nobody else; 422 for half of it", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const [ada, eve] = [await service.signUp(), await service.signUp()];
      const at = { createdAt: service.clock.now(), updatedAt: service.clock.now() };
      for (const [who, providerId] of [
        [ada, "acme"],
        [eve, "other"],
      ] as const)
        await service.database.db
          .insert(account)
          .values({ id: Bun.randomUUIDv7(), userId: who.userId, providerId, accountId: "0042", ...at });
      const ask = async (query: string) =>
        ((await root.get(`/v1/admin/users?${query}`)).body as Page).data.map(({ id }) => id);
      expect(await ask("provider=acme&accountId=0042")).toEqual([ada.userId]);
      expect(await ask("provider=acme&accountId=42")).toEqual([]);
      expect((await root.get("/v1/admin/users?provider=acme")).status).toBe(422);
      expect((await root.get("/v1/admin/users?accountId=0042")).status).toBe(422);
    }));

  test("200 lists who is banned now, and who administers the platform", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true, name: "Filtered root" });
      const [banned, lapsed] = [
        await service.signUp({ name: "Filtered banned" }),
        await service.signUp({ name: "Filtered lapsed" }),
      ];
      await root.post(`/v1/admin/users/${banned.userId}/ban`, {});
      const expiresAt = new Date(service.clock.now().getTime() + 60_000).toISOString();
      await root.post(`/v1/admin/users/${lapsed.userId}/ban`, { expiresAt });
      service.clock.advance(120_000);
      const ask = async (query: string) =>
        ((await root.get(`/v1/admin/users?q=filtered&${query}`)).body as Page).data.map(({ id }) => id);
      expect(await ask("banned=true")).toEqual([banned.userId]);
      expect(new Set(await ask("banned=false"))).toEqual(new Set([root.userId, lapsed.userId]));
      expect(await ask("role=admin")).toEqual([root.userId]);
      expect(await ask("role=user&banned=false")).toEqual([lapsed.userId]);
    }));

  test("200 searches names and addresses; % and _ mean themselves", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const ada = await service.signUp({ name: "100% Ada" });
      await service.signUp({ name: "1000 Eve" });
      const ask = async (q: string) =>
        ((await root.get(`/v1/admin/users?q=${encodeURIComponent(q)}`)).body as Page).data.map(({ id }) => id);
      expect(await ask("100% a")).toEqual([ada.userId]);
      expect(await ask(ada.email.toUpperCase())).toEqual([ada.userId]);
    }));

  test("200 page by page, newest first, each once, no hash and no token", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const made = [root.userId];
      for (let n = 0; n < 3; n++) made.push((await service.signUp()).userId);
      const users = await everyPage<{ id: string }>(root, "/v1/admin/users", 2);
      expect(JSON.stringify(users)).not.toMatch(/plain:|password|token/);
      const seen = users.map(({ id }) => id);
      expect(seen).toEqual([...new Set(seen)].toSorted().toReversed());
      expect(seen).toEqual(expect.arrayContaining(made));
    }));

  test("422 for another search's cursor", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      await service.signUp();
      const { nextCursor } = (await root.get("/v1/admin/users?limit=1")).body as Page;
      expect((await root.get(`/v1/admin/users?q=a&cursor=${nextCursor}`)).status).toBe(422);
    }));
});

describe("GET /v1/admin/users/{id}", () => {
  test("200 with the user, 404 for nobody's id", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const ada = await service.signUp({ name: "Ada" });
      const { status, body } = await root.get(`/v1/admin/users/${ada.userId}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: ada.userId, name: "Ada", email: ada.email, role: "user", banned: false });
      expect((await root.get(`/v1/admin/users/${Bun.randomUUIDv7()}`)).status).toBe(404);
      expect((await root.get("/v1/admin/users/x")).status).toBe(404);
    }));
});

describe("GET /v1/admin/users/{id}/sign-in-methods", () => {
  test("200 with how somebody signs in, and no secret", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { userId } = await service.signUp();
      const { status, body, text } = await root.get(`/v1/admin/users/${userId}/sign-in-methods`);
      expect([status, body]).toEqual([
        200,
        expect.objectContaining({
          password: expect.objectContaining({ removable: false }),
          providers: [],
          passkeys: [],
        }),
      ]);
      expect(text).not.toContain("plain:");
      expect((await root.get(`/v1/admin/users/${crypto.randomUUID()}/sign-in-methods`)).status).toBe(404);
    }));
});

describe("/v1/admin/orgs", () => {
  test("200 lists all organizations, whoever is in them, and finds one by a part of its name or slug", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { id, slug, join } = await service.organization();
      await join("member");
      await service.database.statement("", `update organization set name = 'Findable & Co' where id = $1`, [id]);
      for (const q of ["dable & c", slug.toUpperCase()]) {
        const { body } = await root.get(`/v1/admin/orgs?q=${encodeURIComponent(q)}`);
        expect((body as Page).data).toEqual([expect.objectContaining({ id, name: "Findable & Co", members: 2 })]);
      }
      expect((await everyPage<{ id: string }>(root, "/v1/admin/orgs", 1)).map((row) => row.id)).toContain(id);
    }));

  test("200 shows one and its members; 404 for one that isn't there, and for an owner", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { id, owner } = await service.organization();
      expect((await root.get(`/v1/admin/orgs/${id}`)).body).toMatchObject({ id });
      const { body } = await root.get(`/v1/admin/orgs/${id}/members`);
      expect((body as Page).data.map(({ userId }) => userId)).toEqual([owner.userId]);
      for (const path of ["", "/members"]) {
        expect((await root.get(`/v1/admin/orgs/${crypto.randomUUID()}${path}`)).status).toBe(404);
        expect((await owner.get(`/v1/admin/orgs/${id}${path}`)).status).toBe(404);
      }
    }));
});
