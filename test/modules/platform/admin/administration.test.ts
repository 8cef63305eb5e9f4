import { describe, expect, test } from "bun:test";
import { type Actor, actor } from "../../../harness/actor.ts";
import { type Answer, everyPage, problemOf } from "../../../harness/answer.ts";
import { inSandbox, type Service } from "../../../harness/app.ts";

const at = (who: { userId: string }, rest = "") => `/v1/admin/users/${who.userId}${rest}`;
const absent = { userId: "01890000-0000-7000-8000-000000000000" };
const password = "correct horse battery";

const cookieOf = ({ headers }: Answer): string =>
  headers
    .getSetCookie()
    .filter((line) => !/max-age=0/i.test(line))
    .map((line) => line.split(";")[0])
    .join("; ");

type Event = { action: string; actor: { id: string; impersonatorId: string | null }; changes: Record<string, unknown> };
const events = ({ body }: Answer): Event[] => (body as { data: Event[] }).data;

describe("POST /v1/admin/users/{id}/ban and /unban", () => {
  test("200, ends every session and keeps the user out until it is lifted", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const ada = await service.signUp();
      const answer = await root.post(at(ada, "/ban"), { reason: "Spam" });
      expect([answer.status, answer.body]).toMatchObject([200, { banned: true, banReason: "Spam", banExpires: null }]);
      expect((await ada.get("/v1/me")).status).toBe(401);
      const signIn = () => service.anonymous.post("/api/auth/sign-in/email", { email: ada.email, password });
      expect((await signIn()).status).toBe(403);
      const lifted = await root.post(at(ada, "/unban"));
      expect([lifted.status, lifted.body]).toMatchObject([200, { banned: false, banReason: null }]);
      expect((await signIn()).status).toBe(200);
      const log = events(await root.get(`/v1/admin/audit-events?entityId=${ada.userId}&action=user.updated`));
      expect(log.map(({ actor, changes }) => [actor.id, changes["banned"]])).toEqual([
        [root.userId, { from: true, to: false }],
        [root.userId, { from: false, to: true }],
      ]);
    }));

  test("200 until the instant that is given, not a second longer; 422 for one that has passed", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const ada = await service.signUp();
      const passed = await root.post(at(ada, "/ban"), { expiresAt: "2020-01-01T00:00:00Z" });
      expect(passed.body).toMatchObject({ status: 422, errors: [{ path: "expiresAt" }] });
      const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
      expect((await root.post(at(ada, "/ban"), { expiresAt })).body).toMatchObject({ banExpires: expiresAt });
      expect((await root.get(at(ada))).body).toMatchObject({ banned: true, banExpires: expiresAt });
    }));

  test("409 for oneself, 404 for nobody", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      expect(problemOf(await root.post(at(root, "/ban"), {}))).toEqual([409, "own_account"]);
      expect((await root.post(at(absent, "/ban"), {})).status).toBe(404);
      expect((await root.post(at(absent, "/unban"))).status).toBe(404);
    }));
});

describe("PUT /v1/admin/users/{id}/role", () => {
  test("200 makes an administrator and takes the office away, at once and with an event", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const ada = await service.signUp();
      expect((await root.put(at(ada, "/role"), { role: "admin" })).body).toMatchObject({ role: "admin" });
      expect((await ada.get("/v1/admin/users")).status).toBe(200);
      expect((await root.put(at(ada, "/role"), { role: "user" })).body).toMatchObject({ role: "user" });
      expect((await ada.get("/v1/admin/users")).status).toBe(404);
      const log = events(await root.get(`/v1/admin/audit-events?entityId=${ada.userId}&action=user.updated`));
      expect(log.map(({ changes }) => changes["role"])).toEqual([
        { from: "admin", to: "user" },
        { from: "user", to: "admin" },
      ]);
    }));

  test("409 for oneself, 404 for nobody, 412 for another version, 422 for another role", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const ada = await service.signUp();
      expect(problemOf(await root.put(at(root, "/role"), { role: "user" }))).toEqual([409, "own_account"]);
      expect((await root.put(at(absent, "/role"), { role: "user" })).status).toBe(404);
      expect((await root.put(at(ada, "/role"), { role: "admin" }, { "if-match": '"x"' })).status).toBe(412);
      for (const role of ["owner", "admin,user", "", null])
        expect((await root.put(at(ada, "/role"), { role })).status).toBe(422);
      expect((await root.get(at(ada))).body).toMatchObject({ role: "user" });
    }));
});

describe("the last platform administrator", () => {
  test("409 by every door: ours, better-auth's, one's own account, SQL", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      expect(problemOf(await root.delete("/v1/me", { password }))).toEqual([409, "last_administrator"]);
      expect(problemOf(await root.post("/api/auth/delete-user", { password }))).toEqual([409, "LAST_ADMINISTRATOR"]);
      const demoted = await root.post("/api/auth/admin/set-role", { userId: root.userId, role: "user" });
      expect(problemOf(demoted)).toEqual([409, "LAST_ADMINISTRATOR"]);
      const banned = { userId: root.userId, data: { banned: true } };
      expect((await root.post("/api/auth/admin/update-user", banned)).status).toBeGreaterThanOrEqual(400);
      for (const text of [
        `update "user" set role = 'user'`,
        `update "user" set banned = true`,
        `update "user" set role = null`,
        `delete from "user"`,
      ])
        expect(
          await service.database.statement("", text, []).then(
            () => "done",
            () => "refused",
          ),
        ).toBe("refused");
      expect((await root.get("/v1/admin/users")).status).toBe(200);
    }));

  test("who isn't the last may go, by their own will too", () =>
    inSandbox(async (service) => {
      const [root, second] = [
        await service.signUp({ administrator: true }),
        await service.signUp({ administrator: true }),
      ];
      expect((await second.delete("/v1/me", { password })).status).toBe(204);
      expect((await root.get("/v1/admin/users")).status).toBe(200);
    }));
});

describe("POST /v1/admin/users/{id}/impersonate", () => {
  const acting = async ({ app, deps }: Service, root: Actor, ada: Actor) => {
    const answer = await root.post(at(ada, "/impersonate"));
    expect(answer.status).toBe(200);
    return { answer, as: actor(app, deps.config.server.baseUrl, { ...ada, cookie: cookieOf(answer) }) };
  };

  test("200 with a session of the user's for an hour, whose every event names the administrator", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { owner: ada, slug, id } = await service.organization();
      const { answer, as } = await acting(service, root, ada);
      expect(answer.body).toMatchObject({ user: { id: ada.userId } });
      expect(answer.text).not.toContain("token");
      const { expiresAt } = answer.body as { expiresAt: string };
      expect(Math.abs(new Date(expiresAt).getTime() - Date.now() - 3_600_000)).toBeLessThan(60_000);
      expect((await as.get("/v1/me")).body).toMatchObject({ principal: { id: ada.userId } });
      await as.post(`/v1/orgs/${slug}/projects`, { name: "Through our door" });
      await as.post("/api/auth/organization/update", { organizationId: id, data: { name: "Through better-auth's" } });
      const log = events(await ada.get(`/v1/orgs/${slug}/audit-events?actorId=${ada.userId}`));
      const through = log.filter(({ actor }) => actor.impersonatorId !== null);
      expect(through.map(({ action, actor }) => [action, actor.id, actor.impersonatorId])).toEqual([
        ["organization.updated", ada.userId, root.userId],
        ["project.created", ada.userId, root.userId],
      ]);
      const [opened] = events(await root.get("/v1/admin/audit-events?action=session.created"));
      expect(opened).toMatchObject({ actor: { id: root.userId }, changes: { userId: { to: ada.userId } } });
    }));

  test("200 gives a bearer token to a program, in set-auth-token", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const ada = await service.signUp();
      const signedIn = await service.anonymous.post("/api/auth/sign-in/email", { email: root.email, password });
      const authorization = `Bearer ${signedIn.headers.get("set-auth-token")}`;
      const answer = await service.anonymous.post(at(ada, "/impersonate"), undefined, { authorization });
      expect(answer.status).toBe(200);
      const token = `Bearer ${answer.headers.get("set-auth-token")}`;
      const me = await service.anonymous.get("/v1/me", { authorization: token });
      expect(me.body).toMatchObject({ principal: { id: ada.userId } });
    }));

  test("403 for an administrator, whoever asks; 404 for nobody; 409 for who is banned", () =>
    inSandbox(async (service) => {
      const [root, second] = [
        await service.signUp({ administrator: true }),
        await service.signUp({ administrator: true }),
      ];
      for (const target of [root, second])
        expect(problemOf(await root.post(at(target, "/impersonate")))).toEqual([403, "administrator_protected"]);
      const theirs = await root.post("/api/auth/admin/impersonate-user", { userId: second.userId });
      expect(theirs.status).toBe(403);
      expect((await root.post(at(absent, "/impersonate"))).status).toBe(404);
      const ada = await service.signUp();
      await root.post(at(ada, "/ban"), {});
      expect(problemOf(await root.post(at(ada, "/impersonate")))).toEqual([409, "user_banned"]);
    }));

  test("the impersonated session opens no administration, also when its user becomes an administrator, and makes no key", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { owner: ada, slug } = await service.organization();
      const { as } = await acting(service, root, ada);
      expect((await as.get("/v1/admin/users")).status).toBe(404);
      expect((await as.post("/api/auth/admin/list-users")).status).toBe(404);
      expect((await as.get("/api/auth/admin/list-users")).status).toBe(403);
      const key = { name: "k", permissions: ["project:read"] };
      expect(problemOf(await as.post(`/v1/orgs/${slug}/api-keys`, key))).toEqual([403, "impersonating"]);
      await root.put(at(ada, "/role"), { role: "admin" });
      expect((await ada.get("/v1/admin/users")).status).toBe(200);
      expect((await as.get("/v1/admin/users")).status).toBe(404);
    }));

  test("403 for the deletion of the account that is impersonated, with its password too", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const ada = await service.signUp();
      const { as } = await acting(service, root, ada);
      expect(problemOf(await as.delete("/v1/me", { password }))).toEqual([403, "impersonating"]);
      expect(problemOf(await as.delete("/v1/me", {}))).toEqual([403, "impersonating"]);
      expect((await ada.get("/v1/me")).status).toBe(200);
    }));

  test("ends by stop-impersonating, which gives the administrator's session back", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const ada = await service.signUp();
      const { as } = await acting(service, root, ada);
      const back = await as.post("/api/auth/admin/stop-impersonating");
      expect(back.status).toBe(200);
      expect((await as.get("/v1/me")).status).toBe(401);
      const again = actor(service.app, service.deps.config.server.baseUrl, { ...root, cookie: cookieOf(back) });
      expect((await again.get("/v1/me")).body).toMatchObject({ principal: { id: root.userId } });
      expect((await ada.get("/v1/me")).status).toBe(200);
    }));

  test("ends with the administrator's office, by demotion, ban or deletion", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const ends: ((who: Actor) => Promise<Answer>)[] = [
        (who) => root.put(at(who, "/role"), { role: "user" }),
        (who) => root.post(at(who, "/ban"), {}),
        (who) => root.delete(at(who)),
      ];
      for (const end of ends) {
        const second = await service.signUp({ administrator: true });
        const { as } = await acting(service, second, await service.signUp());
        expect((await as.get("/v1/me")).status).toBe(200);
        expect((await end(second)).status).toBeLessThan(300);
        expect((await as.get("/v1/me")).status).toBe(401);
      }
    }));
});

describe("a user's sessions, organizations and end", () => {
  test("200 with the sessions, never a token; 204 ends them all", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const ada = await service.signUp();
      await service.anonymous.post("/api/auth/sign-in/email", { email: ada.email, password });
      const seen = await everyPage(root, at(ada, "/sessions"), 1);
      expect(JSON.stringify(seen)).not.toContain("token");
      expect(seen).toMatchObject([{ current: false }, { current: false }]);
      expect((await root.delete(at(ada, "/sessions"))).status).toBe(204);
      expect((await root.get(at(ada, "/sessions"))).body).toMatchObject({ data: [] });
      expect((await ada.get("/v1/me")).status).toBe(401);
      for (const [method, rest] of [
        ["GET", "/sessions"],
        ["DELETE", "/sessions"],
        ["GET", "/organizations"],
      ] as const)
        expect((await root.request(method, at(absent, rest))).status).toBe(404);
    }));

  test("200 with the organizations and the roles there", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const one = await service.organization();
      const two = await service.organization();
      await two.join("viewer", one.owner);
      const { body } = await root.get(at(one.owner, "/organizations"));
      expect((body as { data: object[] }).data).toMatchObject([
        { slug: one.slug, role: "owner" },
        { slug: two.slug, role: "viewer" },
      ]);
    }));

  test("204 deletes a user; 409 for an only owner, for oneself; 404 for nobody; 412", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { owner, join } = await service.organization();
      const ada = await join("member");
      expect((await root.delete(at(ada), undefined, { "if-match": '"x"' })).status).toBe(412);
      expect((await root.delete(at(ada))).status).toBe(204);
      expect((await root.get(at(ada))).status).toBe(404);
      expect((await ada.get("/v1/me")).status).toBe(401);
      expect(problemOf(await root.delete(at(owner)))).toEqual([409, "last_owner"]);
      expect((await owner.get("/v1/me")).status).toBe(200);
      expect(problemOf(await root.delete(at(root)))).toEqual([409, "own_account"]);
      expect((await root.delete(at(absent))).status).toBe(404);
    }));
});

describe("GET /v1/admin/audit-events", () => {
  test("200 with what belongs to no organization, or to the one that is named, also when that is gone", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { owner, id, slug } = await service.organization();
      await owner.post(`/v1/orgs/${slug}/projects`, { name: "P" });
      const platform = events(await root.get("/v1/admin/audit-events?limit=100"));
      expect(new Set(platform.map(({ action }) => action.split(".")[0]))).toEqual(
        new Set(["user", "account", "session"]),
      );
      await owner.delete(`/v1/orgs/${slug}`);
      const theirs = events(await root.get(`/v1/admin/audit-events?organizationId=${id}&limit=100`));
      expect(theirs.map(({ action }) => action)).toContain("project.created");
      expect(theirs[0]?.action).toBe("organization.deleted");
      expect(events(await root.get(`/v1/admin/audit-events?organizationId=${absent.userId}`))).toEqual([]);
    }));

  test("200 page by page, each once", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      for (let n = 0; n < 3; n++) await service.signUp();
      const all = (await root.get("/v1/admin/audit-events?limit=100")).body as { data: { id: string }[] };
      expect(await everyPage<{ id: string }>(root, "/v1/admin/audit-events", 3)).toEqual(all.data);
    }));
});
