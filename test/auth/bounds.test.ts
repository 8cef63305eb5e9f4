import { expect, test } from "bun:test";
import { problemOf } from "../harness/answer.ts";
import type { Actor } from "../harness/actor.ts";
import { inSandbox } from "../harness/app.ts";
import { password } from "../harness/people.ts";

test("400 for an image or a logo that isn't a link of the web, and the database holds none", () =>
  inSandbox(async ({ organization, database }) => {
    const { owner, id } = await organization();
    for (const link of ["javascript:alert(1)", "data:text/html,x", "//evil.example/x", " https://a.example/x", ""]) {
      const image = await owner.post("/api/auth/update-user", { image: link });
      expect([link, ...problemOf(image)]).toEqual([link, 400, "INVALID_IMAGE"]);
      const logo = await owner.post("/api/auth/organization/update", { organizationId: id, data: { logo: link } });
      expect([link, ...problemOf(logo)]).toEqual([link, 400, "INVALID_LOGO"]);
    }
    const set = `update "user_profile" set avatar = 'javascript:x' where user_id = $1`;
    expect(database.statement("bounds_avatar", set, [owner.userId])).rejects.toMatchObject({ code: "23514" });
    expect((await owner.post("/api/auth/update-user", { image: "HTTPS://a.example/x" })).status).toBe(200);
  }));

test("400 for a name that isn't a text, which would be stored as JSON, and the name stays", () =>
  inSandbox(async ({ signUp }) => {
    const somebody = await signUp();
    for (const name of [1.5, true, ["x"], { x: 1 }])
      expect(problemOf(await somebody.post("/api/auth/update-user", { name }))).toEqual([400, "VALIDATION_ERROR"]);
    expect((await somebody.get("/v1/me")).body).toMatchObject({ principal: { name: somebody.name } });
  }));

test("400 for a list of actions with more than 500, or one twice, wherever better-auth takes one", () =>
  inSandbox(async ({ organization, database }) => {
    const { owner, id: organizationId } = await organization();
    const lists = {
      many: { project: Array.from({ length: 501 }, (_, n) => `read${n}`) },
      spread: Object.fromEntries(Array.from({ length: 501 }, (_, n) => [`resource${n}`, ["read"]])),
      twice: { project: ["read", "read"] },
    };
    for (const [name, permission] of Object.entries(lists)) {
      const answers = [
        await owner.post("/api/auth/organization/create-role", { organizationId, role: "support", permission }),
        await owner.post("/api/auth/organization/has-permission", { organizationId, permissions: permission }),
        await owner.post("/api/auth/organization/update-role", {
          organizationId,
          roleName: "support",
          data: { permission },
        }),
      ];
      for (const answer of answers) expect([name, ...problemOf(answer)]).toEqual([name, 400, "INVALID_PERMISSION"]);
      const insert = `insert into "organization_role" (id, organization_id, role, permission, created_at)
        values ('r', $1, 'support', $2, now())`;
      const stored = database.statement("bounds_role", insert, [organizationId, JSON.stringify(permission)]);
      expect(stored).rejects.toMatchObject({ code: "GH011" });
    }
    const entry = { permission: "project:read" };
    const role = { name: "support", permissions: [entry, entry] };
    expect((await owner.post(`/v1/orgs/${organizationId}/roles`, role)).status).toBe(422);
  }));

test("400 for a platform role that there isn't, and for an id that isn't one; nobody is made or changed", () =>
  inSandbox(async ({ signUp, database }) => {
    const [root, who] = [await signUp({ administrator: true }), await signUp()];
    for (const role of ["emperor", "constructor", "__proto__", "user,emperor", ["admin", "emperor"]]) {
      const set = await root.post("/api/auth/admin/set-role", { userId: who.userId, role });
      expect([role, set.status]).toEqual([role, 400]);
    }
    for (const id of ["a\r\nb", "a b", "", "x".repeat(65)]) {
      const body = { email: "new@example.com", name: "New", password: "a new password", data: { id } };
      expect([id, (await root.post("/api/auth/admin/create-user", body)).status]).toEqual([id, 400]);
    }
    const roles = await database.statement("bounds_roles", `select distinct role from "user" order by 1`, []);
    expect(roles).toEqual([{ role: "admin" }, { role: "user" }]);
    expect((await root.post("/api/auth/admin/set-role", { userId: who.userId, role: "admin" })).status).toBe(200);
  }));

test("400 for a place to be led to that is too long, and what is nearly so is mailed whole", () =>
  inSandbox(async ({ anonymous, signUp, mails, logs, database }) => {
    const [who, other] = [await signUp(), await signUp()];
    const asks = (place: string, n: number): [Actor, string, object][] => [
      [anonymous, "request-password-reset", { email: who.email, redirectTo: place }],
      [anonymous, "sign-in/magic-link", { email: who.email, callbackURL: place }],
      [anonymous, "sign-up/email", { email: `long-${n}@example.com`, name: "L", password, callbackURL: place }],
      [other, "send-verification-email", { email: other.email, callbackURL: place }],
      [who, "change-email", { newEmail: `new-${n}@example.com`, callbackURL: place }],
    ];
    const start = "https://spa.example/";
    for (const [actor, path, body] of asks(start.padEnd(2049, "é"), 1))
      expect([path, ...problemOf(await actor.post(`/api/auth/${path}`, body))]).toEqual([
        path,
        400,
        "VALIDATION_ERROR",
      ]);
    expect(mails).toEqual([]);
    const longest = asks(start.padEnd(2048, "é"), 2);
    for (const [actor, path, body] of longest)
      expect([path, (await actor.post(`/api/auth/${path}`, body)).status]).toEqual([path, 200]);
    expect(mails).toHaveLength(longest.length);
    expect(await database.statement("", "select id from job", [])).toEqual([]);
    expect(logs.filter((line) => line.includes("a job"))).toEqual([]);
  }));

test("400 or 422 for an address that is too long to be one, wherever one is mailed, and no job that can't be done", () =>
  inSandbox(async (service) => {
    const { owner, id: organizationId } = await service.organization();
    const email = `a@${`${"b".repeat(60)}.`.repeat(6)}example`;
    const asks: [Actor, string, object][] = [
      [service.anonymous, "/api/auth/request-password-reset", { email }],
      [service.anonymous, "/api/auth/sign-in/magic-link", { email }],
      [service.anonymous, "/api/auth/email-otp/send-verification-otp", { email, type: "sign-in" }],
      [service.anonymous, "/api/auth/sign-up/email", { email, name: "Long", password }],
      [service.anonymous, "/api/auth/send-verification-email", { email }],
      [owner, "/api/auth/change-email", { newEmail: email }],
      [owner, "/api/auth/organization/invite-member", { email, role: "member", organizationId }],
      [owner, "/v1/orgs/current/invitations", { email }],
    ];
    for (const [actor, path, body] of asks) {
      const refusal = path.startsWith("/v1") ? [422, "validation_failed"] : [400, "VALIDATION_ERROR"];
      expect([path, ...problemOf(await actor.post(path, body))]).toEqual([path, ...refusal]);
    }
    expect(service.mails).toEqual([]);
    expect(await service.database.statement("", "select id from job", [])).toEqual([]);
  }));
