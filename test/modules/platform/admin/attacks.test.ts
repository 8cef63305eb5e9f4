import { describe, expect, test } from "bun:test";
import type { Actor } from "../../../harness/actor.ts";
import { inSandbox, type Service } from "../../../harness/app.ts";

const password = "correct horse battery";

/** The user's row, as the database has it. */
const stored = async ({ database }: Service, userId: string) => {
  const text = `select role, banned from "user" where id = $1`;
  return (await database.statement<{ role: string | null; banned: boolean }>("", text, [userId]))[0];
};

const plain = { role: "user", banned: false };

describe("nobody makes themselves a platform administrator", () => {
  test("by a sign-up's body", () =>
    inSandbox(async (service) => {
      for (const extra of [
        { role: "admin" },
        { role: ["admin"] },
        { data: { role: "admin" } },
        { user: { role: "admin" } },
      ]) {
        const email = `eve-${Bun.randomUUIDv7()}@example.com`;
        const body = { email, password, name: "Eve", banned: false, ...extra };
        const { status } = await service.anonymous.post("/api/auth/sign-up/email", body);
        const [row] = await service.database.statement<{ role: string }>(
          "",
          `select role from "user" where email = $1`,
          [email],
        );
        expect([status < 500, row?.role ?? "user"]).toEqual([true, "user"]);
      }
    }));

  test("by what one may change of oneself", () =>
    inSandbox(async (service) => {
      const { owner: eve, slug } = await service.organization(await service.signUp({ verified: true }));
      const fields = { role: "admin", platformRole: "admin", banned: false, plan: "admin", emailVerified: true };
      await eve.post("/api/auth/update-user", { name: "Eve", ...fields });
      await eve.post("/api/auth/update-user", { role: "admin" });
      await eve.post("/api/auth/update-session", { role: "admin", impersonatedBy: eve.userId });
      await eve.patch("/v1/me", { name: "Eve", ...fields });
      await eve.patch("/v1/me/profile", { bio: "b", ...fields });
      await eve.patch("/v1/me/preferences", { theme: "dark", ...fields });
      await eve.patch(`/v1/orgs/${slug}`, { name: "N", ...fields });
      await eve.patch(`/v1/orgs/${slug}/subscription`, { cancelAtPeriodEnd: true, ...fields });
      await eve.patch(`/v1/orgs/${slug}/members/me`, fields);
      expect(await stored(service, eve.userId)).toEqual(plain);
      expect((await eve.get("/v1/admin/users")).status).toBe(404);
    }));

  test("by better-auth's routes for administrators, as a user, an organization's owner or nobody", () =>
    inSandbox(async (service) => {
      const { owner: eve, join } = await service.organization();
      const victim = await join("member");
      const { userId } = eve;
      const asks: [method: string, path: string, body?: object][] = [
        ["POST", "set-role", { userId, role: "admin" }],
        ["POST", "update-user", { userId, data: { role: "admin" } }],
        ["POST", "create-user", { email: "x@example.com", password, name: "X", role: "admin" }],
        ["POST", "ban-user", { userId: victim.userId }],
        ["POST", "unban-user", { userId: victim.userId }],
        ["POST", "impersonate-user", { userId: victim.userId }],
        ["POST", "stop-impersonating", {}],
        ["POST", "remove-user", { userId: victim.userId }],
        ["POST", "set-user-password", { userId: victim.userId, newPassword: "another horse battery" }],
        ["POST", "list-user-sessions", { userId: victim.userId }],
        ["POST", "revoke-user-sessions", { userId: victim.userId }],
        ["GET", "list-users"],
        ["GET", `get-user?id=${victim.userId}`],
      ];
      for (const [method, path, body] of asks) {
        const send = (who: Actor) =>
          who.request(method, `/api/auth/admin/${path}`, {
            headers: body ? { "content-type": "application/json" } : {},
            ...(body ? { body: JSON.stringify(body) } : {}),
          });
        expect([path, (await send(service.anonymous)).status]).toEqual([path, 401]);
        expect([path, [400, 403].includes((await send(eve)).status)]).toEqual([path, true]);
      }
      expect(await stored(service, userId)).toEqual(plain);
      expect(await stored(service, victim.userId)).toEqual(plain);
      expect((await victim.get("/v1/me")).status).toBe(200);
      const [made] = await service.database.statement("", `select 1 from "user" where email = 'x@example.com'`, []);
      expect(made).toBeUndefined();
    }));

  test("by being made the admin of an organization, or having a role there that is called so", () =>
    inSandbox(async (service) => {
      const { join } = await service.organization();
      for (const role of ["admin", "owner", "admin,member", "platform-admin"]) {
        const who = await join(role);
        expect((await who.get("/v1/admin/users")).status).toBe(404);
        expect((await who.get("/api/auth/admin/list-users")).status).toBe(403);
      }
    }));
});

test("404 and never the administration, for its paths written in other ways", () =>
  inSandbox(async (service) => {
    const eve = await service.signUp();
    const paths = ["//v1/admin/users", "/v1//admin/users", "/v1/admin//users", "/v1/%61dmin/users", "/v1/ADMIN/users"];
    for (const path of [
      ...paths,
      "/v1/me/../admin/users",
      "/v1/admin/users/",
      "/v1/admin;x/users",
      "/v1/%2e/admin/users",
    ])
      for (const who of [service.anonymous, eve]) {
        // Two slashes at its start would name a host.
        const { status, text } = await who.get(service.deps.config.server.baseUrl + path);
        expect([path, [401, 404].includes(status), text.includes(eve.email)]).toEqual([path, true, false]);
      }
    const headers = { "x-original-url": "/v1/admin/users", "x-rewrite-url": "/v1/admin/users" };
    expect((await eve.get("/livez", headers)).body).toEqual({ status: "ok" });
    const overridden = { "x-http-method-override": "DELETE", "x-method-override": "DELETE" };
    expect((await eve.post(`/v1/admin/users/${eve.userId}/unban`, undefined, overridden)).status).toBe(404);
    expect((await eve.get("/v1/me")).status).toBe(200);
  }));
