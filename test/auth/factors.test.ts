import { describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { session } from "../../src/schema.ts";
import type { Actor } from "../harness/actor.ts";
import type { Answer } from "../harness/answer.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { proven } from "../harness/assurance.ts";
import { cookieOf } from "../harness/cookies.ts";
import { mailedCode } from "../harness/email-code.ts";
import { assertion, registered } from "../harness/passkeys.ts";
import { password } from "../harness/people.ts";
import { authenticator, begun, enrolled, holding } from "../harness/two-factor.ts";

const auth = "/api/auth";

/** The session that these cookies are of, as its row says how it began. */
async function sessionOf(service: Service, cookie: string) {
  const { body } = await holding(service, cookie).get(`${auth}/get-session`);
  const { id } = (body as { session: { id: string } }).session;
  const [row] = await service.database.db.select().from(session).where(eq(session.id, id));
  return row!;
}

/** By which way it began, and how many factors were proven. */
async function beganBy(service: Service, { headers, status, text }: Answer) {
  if (status !== 200) throw new Error(text);
  const { method, factors } = await sessionOf(service, cookieOf(headers));
  return [method, factors];
}

const signIn = (service: Service, email: string, cookie = "") =>
  service.anonymous.post(`${auth}/sign-in/email`, { email, password }, cookie ? { cookie } : {});

describe("a session says how it began, and by how many factors", () => {
  test("a password and a mailed code are one; signing up is by a password too", () =>
    inSandbox(async (service) => {
      const email = "somebody.new@example.com";
      const signedUp = await service.anonymous.post(`${auth}/sign-up/email`, { email, password, name: "New" });
      expect(await beganBy(service, signedUp)).toEqual(["password", 1]);
      expect(await beganBy(service, await signIn(service, email))).toEqual(["password", 1]);
      const otp = await mailedCode(service, email);
      const byCode = await service.anonymous.post(`${auth}/sign-in/email-otp`, { email, otp });
      expect(await beganBy(service, byCode)).toEqual(["emailCode", 1]);
    }));

  test("a passkey that verified its user is two, one that was only there is one", () =>
    inSandbox(async (service) => {
      const { device } = await registered(service);
      const use = async (given?: Parameters<typeof assertion>[2]) => {
        const { who, body } = await assertion(service, device, given);
        return beganBy(service, await who.post(`${auth}/passkey/verify-authentication`, body));
      };
      expect(await use()).toEqual(["passkey", 2]);
      expect(await use({ verified: false })).toEqual(["passkey", 1]);
    }));

  test("an app's code and a backup code are two, and so is a device that was trusted with one", () =>
    inSandbox(async (service) => {
      const { who, code, backupCodes } = await enrolled(service);
      const passed = async (path: string, body: object) => {
        const challenge = cookieOf((await signIn(service, who.email)).headers);
        return service.anonymous.post(`${auth}/two-factor/${path}`, body, { cookie: challenge });
      };
      const byApp = await passed("verify-totp", { code: await code(), trustDevice: true });
      expect(await beganBy(service, byApp)).toEqual(["totp", 2]);
      const trusting = cookieOf(byApp.headers);
      expect(await beganBy(service, await signIn(service, who.email, trusting))).toEqual(["password", 2]);
      expect(await beganBy(service, await passed("verify-backup-code", { code: backupCodes[0] }))).toEqual([
        "backupCode",
        2,
      ]);
    }));

  test("turning an app on makes it two, turning it off one again", () =>
    inSandbox(async (service) => {
      const { who, cookie } = await enrolled(service);
      expect(await sessionOf(service, cookie)).toMatchObject({ method: "totp", factors: 2 });
      const off = await holding(service, cookie).post(`${auth}/two-factor/disable`, { password });
      expect(off.status).toBe(200);
      expect(await sessionOf(service, cookieOf(off.headers))).toMatchObject({ factors: 1 });
      expect((await signIn(service, who.email)).body).toHaveProperty("token");
    }));

  test("a passkey that is removed no longer counts in the session that it began", () =>
    inSandbox(async (service) => {
      const { device, id } = await registered(service);
      const { who, body } = await assertion(service, device);
      const cookie = cookieOf((await who.post(`${auth}/passkey/verify-authentication`, body)).headers);
      expect((await holding(service, cookie).post(`${auth}/passkey/delete-passkey`, { id })).status).toBe(200);
      expect(await sessionOf(service, cookie)).toMatchObject({ factors: 1 });
    }));

  test("a new password leaves both factors and the time of the sign-in to the session that it opens", () =>
    inSandbox(async (service) => {
      const { cookie } = await enrolled(service);
      const at = new Date(service.clock.now().getTime() - 60_000);
      await proven(service, { sessionId: (await sessionOf(service, cookie)).id }, { factors: 2, at });
      const change = { currentPassword: password, newPassword: "another horse battery", revokeOtherSessions: true };
      const changed = await holding(service, cookie).post(`${auth}/change-password`, change);
      expect(changed.status).toBe(200);
      const after = await sessionOf(service, cookieOf(changed.headers));
      expect([after.factors, after.authenticatedAt?.getTime()]).toEqual([2, at.getTime()]);
    }));

  test("an impersonation has the administrator's", () =>
    inSandbox(async (service) => {
      const [root, ada] = [await service.signUp({ administrator: true }), await service.signUp()];
      const at = new Date(service.clock.now().getTime() - 60_000);
      await proven(service, root, { factors: 2, at });
      for (const answer of [
        await root.post(`/v1/admin/users/${ada.userId}/impersonate`),
        await root.post(`${auth}/admin/impersonate-user`, { userId: ada.userId }),
      ]) {
        const began = await sessionOf(service, cookieOf(answer.headers));
        expect([began.impersonatedBy, began.factors, began.authenticatedAt?.getTime()]).toEqual([
          root.userId,
          2,
          at.getTime(),
        ]);
      }
    }));

  test("one of before counts as one factor, proven when it began; SQL can't make it three", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const [row] = await service.database.db.select().from(session).where(eq(session.id, who.sessionId));
      expect(row).toMatchObject({ method: null, factors: 1, authenticatedAt: null });
      expect((await who.delete("/v1/me/sessions")).status).toBe(204);
      expect(proven(service, who, { factors: 3 })).rejects.toThrow();
    }));

  test("nothing of it is in better-auth's answers, and nobody sets it by a request", () =>
    inSandbox(async (service) => {
      const { cookie } = await enrolled(service);
      const them = holding(service, cookie);
      for (const path of ["get-session", "list-sessions"])
        expect((await them.get(`${auth}/${path}`)).text).not.toMatch(/factors|authenticatedAt|"method"/);
      const one = await service.signUp();
      await one.post(`${auth}/update-session`, { factors: 2, authenticatedAt: new Date() });
      expect(await sessionOf(service, one.cookie)).toMatchObject({ factors: 1, authenticatedAt: null });
    }));
});

describe("in a session that is old", () => {
  const later = 15 * 60_000;
  const keyOf = (who: Actor) => who.post("/v1/orgs/current/api-keys", { name: "K", permissions: ["project:read"] });

  test("proving the password again makes it a recent sign-in, a wrong one doesn't", () =>
    inSandbox(async (service) => {
      const { owner } = await service.organization();
      expect((await keyOf(owner)).status).toBe(201);
      service.clock.advance(later);
      expect((await keyOf(owner)).status).toBe(403);
      await owner.post(`${auth}/verify-password`, { password: "not the password" });
      expect((await keyOf(owner)).status).toBe(403);
      const right = await owner.post(`${auth}/verify-password`, { password });
      expect([right.status, right.body]).toEqual([200, { status: true }]);
      expect((await keyOf(holding(service, cookieOf(right.headers)))).status).toBe(201);
    }));

  test("proving oneself again gives the session another token, and the one before is worth nothing at any door", () =>
    inSandbox(async (service) => {
      const { who, code, cookie, backupCodes } = await enrolled(service);
      const { id } = await sessionOf(service, cookie);
      const token = () => decodeURIComponent(held.cookie.split("=")[1] ?? "");
      let held = holding(service, cookie);
      const ways: [string, object][] = [
        ["verify-password", { password }],
        ["two-factor/verify-totp", { code: await code() }],
        ["two-factor/verify-backup-code", { code: backupCodes[0] }],
      ];
      for (const [path, body] of ways) {
        const [before, bearer] = [held, { authorization: `Bearer ${token()}` }];
        const answer = await before.post(`${auth}/${path}`, body);
        held = holding(service, cookieOf(answer.headers));
        expect([path, answer.status, answer.headers.get("set-auth-token")]).toEqual([path, 200, token()]);
        if ("token" in (answer.body as object)) expect(answer.body).toMatchObject({ token: token().split(".")[0] });
        expect((await sessionOf(service, held.cookie)).id).toBe(id);
        for (const door of ["/v1/verify", "/v1/me"]) {
          expect([path, door, (await held.get(door)).status]).toEqual([path, door, 200]);
          expect([path, door, (await before.get(door)).status]).toEqual([path, door, 401]);
          expect((await service.anonymous.get(door, bearer)).status).toBe(401);
        }
        expect((await before.get(`${auth}/get-session`)).body).toBeNull();
        expect((await before.get("/account")).status).toBe(303);
        expect((await held.get(`${auth}/get-session`)).body).toMatchObject({ user: { id: who.userId } });
      }
      const [last, wrong] = [held, await held.post(`${auth}/verify-password`, { password: "not the password" })];
      expect([wrong.status, wrong.headers.getSetCookie()]).toEqual([400, []]);
      expect((await last.get("/v1/me")).status).toBe(200);
    }));

  test("A5: the app's code makes it a recent sign-in of two factors, and ten wrong ones are the last", () =>
    inSandbox(
      async (service) => {
        const { who, code, cookie } = await enrolled(service);
        let them = holding(service, cookie);
        const { id } = await sessionOf(service, cookie);
        await proven(service, { sessionId: id }, { factors: 1, at: new Date(0) });
        const send = async (sent: string, address: string) => {
          const { status, headers } = await them.request("POST", `${auth}/two-factor/verify-totp`, {
            body: JSON.stringify({ code: sent }),
            headers: { "content-type": "application/json" },
            address,
          });
          if (status === 200) them = holding(service, cookieOf(headers));
          return status;
        };
        expect(await send(await code(), "192.0.2.1")).toBe(200);
        expect(await sessionOf(service, them.cookie)).toMatchObject({ factors: 2, method: "totp" });
        for (let n = 0; n < 10; n++) expect(await send("000000", `192.0.2.${n + 2}`)).toBe(401);
        expect(await send(await code(), "192.0.2.99")).toBe(429);
        expect(who.userId).toBeTruthy();
      },
      { env: { RATE_LIMIT: "on" } },
    ));

  test("an app isn't begun, and another one's code proves nothing", () =>
    inSandbox(async (service) => {
      const { who } = await begun(service);
      const { id } = await sessionOf(service, who.cookie);
      await proven(service, { sessionId: id }, { at: new Date(0) });
      const other = authenticator("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
      expect((await who.post(`${auth}/two-factor/verify-totp`, { code: await other() })).status).toBe(401);
      expect(await sessionOf(service, who.cookie)).toMatchObject({ factors: 1, authenticatedAt: new Date(0) });
    }));
});
