import { describe, expect, test } from "bun:test";
import { decodeJwt } from "jose";
import { authRoutes } from "../../src/auth/mount/routes.ts";
import { type Actor, actor } from "../harness/actor.ts";
import { problemOf } from "../harness/answer.ts";
import { inSandbox, passwords, type Service } from "../harness/app.ts";
import { mailedSecret } from "../harness/mails.ts";
import { cookieOf } from "../harness/cookies.ts";
import { sqlOf } from "../harness/sql.ts";
import { authRequests, openStage, sendTo } from "../contract/auth-requests.ts";

const password = "correct horse battery";

/** The same person in another session. */
async function again(service: Service, who: Actor): Promise<Actor> {
  const answer = await service.anonymous.post("/api/auth/sign-in/email", { email: who.email, password });
  expect(answer.status).toBe(200);
  return actor(service.app, service.deps.config.server.baseUrl, { ...who, cookie: cookieOf(answer.headers) });
}

/** A session of `who` that an administrator acts through. */
async function impersonated(service: Service, root: Actor, who: Actor): Promise<Actor> {
  const answer = await root.post("/api/auth/admin/impersonate-user", { userId: who.userId });
  expect(answer.status).toBe(200);
  return actor(service.app, service.deps.config.server.baseUrl, { ...who, cookie: cookieOf(answer.headers) });
}

const isSignedIn = async (who: Actor) => (await who.get("/api/auth/get-session")).body !== null;

describe("a banned user", () => {
  test("has no session from the ban on, however they were banned, and can't get one", () =>
    inSandbox(async (service) => {
      const [sql, who] = [sqlOf(service), await service.signUp()];
      await sql(`update "user" set banned = true where id = $1`, who.userId);
      expect(await sql(`select 1 from "session" where user_id = $1`, who.userId)).toEqual([]);
      expect(await isSignedIn(who)).toBe(false);
      const signIn = { email: who.email, password };
      expect(problemOf(await service.anonymous.post("/api/auth/sign-in/email", signIn))).toEqual([403, "BANNED_USER"]);
      const insert = `insert into "session" (id, token, user_id, expires_at, created_at, updated_at)
        values ('s', 't', $1, now() + interval '1 day', now(), now())`;
      expect(sql(insert, who.userId)).rejects.toMatchObject({ code: "GH009" });
      await sql(`update "user" set ban_expires = now() - interval '1 hour' where id = $1`, who.userId);
      expect((await service.anonymous.post("/api/auth/sign-in/email", signIn)).status).toBe(200);
    }));

  test("is refused by every route with a session that outlived the ban", () =>
    inSandbox(async (service) => {
      const [sql, who] = [sqlOf(service), await service.signUp()];
      await sql(`alter table "user" disable trigger user_banned_end_sessions`);
      await sql(`update "user" set banned = true where id = $1`, who.userId);
      expect(await sql(`select 1 from "session" where user_id = $1`, who.userId)).toHaveLength(1);
      expect(await isSignedIn(who)).toBe(false);
      for (const path of ["/token", "/list-sessions", "/organization/list", "/list-accounts"])
        expect([path, (await who.get(`/api/auth${path}`)).status]).toEqual([path, 401]);
      for (const path of ["/update-user", "/revoke-sessions", "/verify-password", "/organization/create"])
        expect((await who.post(`/api/auth${path}`, { name: "N", slug: "n", password })).status).toBe(401);
    }));
});

describe("an impersonated session", () => {
  test("403 where nobody acts for another, as an administrator least of all", () =>
    inSandbox(async (service) => {
      const stage = await openStage(service);
      const root = await service.signUp({ administrator: true });
      const { owner } = stage.organization;
      const as = await impersonated(service, root, owner);
      const refused = Object.keys(authRoutes).filter((key) => authRoutes[key]?.oneself && authRequests[key]);
      expect(refused.filter((key) => key.includes("/admin/"))).toHaveLength(14);
      await sqlOf(service)(`update "user" set role = 'admin' where id = $1`, owner.userId);
      for (const key of refused) {
        const request = await authRequests[key]?.(stage);
        const answer = await sendTo(key, { ...request, who: as });
        expect([key, ...problemOf(answer)]).toEqual([key, 403, "IMPERSONATING"]);
      }
      expect(problemOf(await as.delete("/v1/me", { password }))).toEqual([403, "impersonating"]);
      expect((await owner.get("/api/auth/admin/list-users")).status).toBe(200);
    }));

  test("names the administrator in its token, and ends with the last of the administrator's sessions", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const other = await again(service, root);
      const as = await impersonated(service, root, await service.signUp());
      const { token } = (await as.get("/api/auth/token")).body as { token: string };
      expect(decodeJwt(token)).toMatchObject({ sub: as.userId, act: { sub: root.userId } });
      await root.post("/api/auth/sign-out");
      expect(await isSignedIn(as)).toBe(true);
      await other.post("/api/auth/sign-out");
      expect(await isSignedIn(as)).toBe(false);
    }));
});

test("a session claims no organization that its user isn't in, and neither does its token", () =>
  inSandbox(async (service) => {
    const sql = sqlOf(service);
    const [{ owner, id }, stranger] = [await service.organization(), await service.signUp()];
    const claim = `update "session" set active_organization_id = $2 where user_id = $1`;
    expect(sql(claim, stranger.userId, id)).rejects.toMatchObject({ code: "GH010" });
    const orgOf = async (who: Actor) =>
      decodeJwt(((await who.get("/api/auth/token")).body as { token: string }).token).org;
    await owner.post("/api/auth/organization/set-active", { organizationId: id });
    expect(await orgOf(owner)).toBe(id);
    await sql(`alter table "session" disable trigger session_claims_membership`);
    await sql(claim, stranger.userId, id);
    expect(await orgOf(stranger)).toBeNull();
  }));

test("400 for deleting an account without its password, on better-auth's route too; the account stays", () =>
  inSandbox(async ({ signUp }) => {
    const who = await signUp();
    for (const body of [{}, { password: "" }, { password: null }, { password: "a wrong one" }, { token: "x" }])
      expect([body, (await who.post("/api/auth/delete-user", body)).status]).toEqual([body, 400]);
    expect(await isSignedIn(who)).toBe(true);
    expect((await who.post("/api/auth/delete-user", { password })).status).toBe(200);
    expect(await isSignedIn(who)).toBe(false);
  }));

describe("a sign-in under way while the password or the address changes", () => {
  const changes: [string, (who: Actor, service: Service) => Promise<number>][] = [
    [
      "by its owner",
      async (who) => {
        const body = { currentPassword: password, newPassword: "a new password", revokeOtherSessions: true };
        return (await who.post("/api/auth/change-password", body)).status;
      },
    ],
    [
      "by a reset",
      async (who, { mails }) => {
        await who.post("/api/auth/request-password-reset", { email: who.email, redirectTo: "/" });
        const token = mailedSecret({ mails }, who.email);
        return (await who.post("/api/auth/reset-password", { token, newPassword: "a new password" })).status;
      },
    ],
    [
      "by an administrator",
      async (who, service) => {
        const body = { userId: who.userId, newPassword: "a new password" };
        return (await (await service.signUp({ administrator: true })).post("/api/auth/admin/set-user-password", body))
          .status;
      },
    ],
    [
      "by an administrator, who changes the address",
      async (who, service) => {
        const body = { userId: who.userId, data: { email: `new-${who.email}` } };
        return (await (await service.signUp({ administrator: true })).post("/api/auth/admin/update-user", body)).status;
      },
    ],
  ];

  test.each(changes)("%s: 401, and it leaves no session", async (_name, change) => {
    const [checked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let holding = false;
    const held: typeof passwords = {
      ...passwords,
      async check(data) {
        const match = await passwords.check(data);
        if (holding) {
          holding = false;
          checked.resolve();
          await released.promise;
        }
        return match;
      },
    };
    await inSandbox(
      async (service) => {
        const who = await service.signUp();
        holding = true;
        const signIn = service.anonymous.post("/api/auth/sign-in/email", { email: who.email, password });
        await checked.promise;
        expect(await change(who, service)).toBe(200);
        released.resolve();
        expect(problemOf(await signIn)).toEqual([401, "INVALID_EMAIL_OR_PASSWORD"]);
      },
      { passwords: held },
    );
  });
});

describe("a mailed link that verifies an address", () => {
  const linkTo = async (service: Service, who: Actor) => {
    await who.post("/api/auth/send-verification-email", { email: who.email, callbackURL: "/" });
    return mailedSecret(service, who.email);
  };
  const follow = (who: Actor, token: string) => who.post("/api/auth/verify-email", { token });
  const isVerified = async (service: Service, who: Actor) =>
    (await sqlOf(service)(`select email_verified from "user" where id = $1`, who.userId))[0]?.email_verified;

  test("401 without a session of the account: it proves the mailbox, not who registered with it", () =>
    inSandbox(async (service) => {
      const [who, stranger] = [await service.signUp(), await service.signUp()];
      const token = await linkTo(service, who);
      for (const visitor of [service.anonymous, stranger])
        expect(problemOf(await follow(visitor, token))).toEqual([401, "SIGN_IN_TO_VERIFY"]);
      expect(await isVerified(service, who)).toBe(false);
      expect((await follow(who, token)).status).toBe(200);
    }));

  test("verifies in a session of the account, and ends its others", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const other = await again(service, who);
      expect((await follow(other, await linkTo(service, who))).status).toBe(200);
      expect(await isVerified(service, who)).toBe(true);
      expect([await isSignedIn(other), await isSignedIn(who)]).toEqual([true, false]);
    }));
});

test("a session in use ends some time after its sign-in, and isn't written for nothing until then", () =>
  inSandbox(
    async (service) => {
      const who = await service.signUp();
      const sql = sqlOf(service);
      const left = async () => {
        const text = `select round(extract(epoch from expires_at - created_at)) as seconds, updated_at as seen from "session" where id = $1`;
        const [row] = await sql<{ seconds: string; seen: Date }>(text, who.sessionId);
        return { seconds: Number(row?.seconds), seen: row?.seen };
      };
      // Used until shortly before its end.
      const used = `update "session" set created_at = created_at - interval '80 days',
        expires_at = now() + interval '1 day', updated_at = now() - interval '2 days' where id = $1`;
      await sql(used, who.sessionId);
      expect((await who.get("/api/auth/get-session")).body).not.toBeNull();
      const extended = await left();
      expect(extended.seconds).toBe(90 * 86_400);
      expect((await who.get("/api/auth/get-session")).body).not.toBeNull();
      expect(await left()).toEqual(extended);
    },
    { env: { SESSION_LIFETIME: String(90 * 86_400) } },
  ));
