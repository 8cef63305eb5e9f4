import { describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import type { Statement } from "../../../src/db/driver/connection.ts";
import { session, twoFactor, user } from "../../../src/schema.ts";
import { type Actor, connectedFrom } from "../../harness/actor.ts";
import { authenticator, enrolled, holding } from "../../harness/two-factor.ts";
import { inSandbox, type Service } from "../../harness/app.ts";
import { cookieOf } from "../../harness/cookies.ts";
import { mailedSecret } from "../../harness/mails.ts";
import { password } from "../../harness/people.ts";
import { openProvider } from "../../harness/provider.ts";
import { sqlOf } from "../../harness/sql.ts";

const base = "http://localhost:3000";
const newPassword = "another horse battery";

/** One request of a browser that has these cookies. */
const send = (service: Service, path: string, cookie: string, body?: object): Promise<Response> =>
  Promise.resolve(
    service.app.fetch(
      new Request(new URL(path, base), {
        method: body ? "POST" : "GET",
        headers: { origin: base, cookie, ...(body ? { "content-type": "application/json" } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      }),
      connectedFrom(),
    ),
  );

const signIn = (service: Service, email: string, cookie = "") =>
  send(service, "/api/auth/sign-in/email", cookie, { email, password });
const sessionCookie = (headers: Headers) => /session_token=[^;]+/.exec(cookieOf(headers))?.[0];
const sessionsOf = (service: Service, { userId }: Actor) =>
  service.database.db.select({ id: session.id }).from(session).where(eq(session.userId, userId));

describe("with an authenticator app", () => {
  test("a password alone begins no session; its code does, and no wrong one", () =>
    inSandbox(async (service) => {
      const { who, code, cookie } = await enrolled(service);
      const asked = await signIn(service, who.email);
      expect(await asked.json()).toEqual({ twoFactorRedirect: true, twoFactorMethods: ["totp"] });
      expect(sessionCookie(asked.headers)).toBeUndefined();
      expect(await sessionsOf(service, who)).toHaveLength(1);

      const challenge = cookieOf(asked.headers);
      const verify = (sent: string) => send(service, "/api/auth/two-factor/verify-totp", challenge, { code: sent });
      expect((await verify("000000")).status).toBe(401);
      expect((await send(service, "/v1/verify", challenge)).status).toBe(401);
      const passed = await verify(await code());
      expect(passed.status).toBe(200);
      expect((await send(service, "/v1/verify", cookieOf(passed.headers))).status).toBe(200);
      // A challenge is met once.
      expect((await verify(await code())).status).toBe(401);
      expect((await send(service, "/v1/verify", cookie)).status).toBe(200);
    }));

  const endings: Record<string, (service: Service, own: Actor, root: Actor) => Promise<{ status: number }>> = {
    "a new password": (_, own) => own.post("/api/auth/change-password", { currentPassword: password, newPassword }),
    "an administrator's new password": (_, { userId }, root) =>
      root.post("/api/auth/admin/set-user-password", { userId, newPassword }),
    "a reset": async (service, { email }) => {
      await service.anonymous.post("/api/auth/request-password-reset", { email });
      return service.anonymous.post("/api/auth/reset-password", { token: mailedSecret(service, email), newPassword });
    },
    "another address": async (service, { userId }) => {
      await sqlOf(service)(`update "user" set email = 'other@example.com' where id = $1`, userId);
      return { status: 200 };
    },
  };

  test.each(Object.keys(endings))("a sign-in that waits for its code ends by %s", (name) =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { who, code, cookie } = await enrolled(service);
      const challenge = cookieOf((await signIn(service, who.email)).headers);
      expect(
        (
          await endings[name]!(
            service,
            { ...who, ...holding(service, cookie), userId: who.userId, email: who.email },
            root,
          )
        ).status,
      ).toBe(200);
      const late = await send(service, "/api/auth/two-factor/verify-totp", challenge, { code: await code() });
      expect([late.status, sessionCookie(late.headers)]).toEqual([401, undefined]);
    }),
  );

  test("a sign-in whose password changes before it waits for its code doesn't wait for it: 401", async () => {
    let changes = false;
    // better-auth ends the session of the first factor, and then begins to wait.
    const intercept = (statement: Statement): Statement =>
      changes && statement.text.startsWith('delete from "session"')
        ? { ...statement, text: `with ended as (${statement.text}) update account set password = 'another'` }
        : statement;
    await inSandbox(
      async (service) => {
        const { who } = await enrolled(service);
        changes = true;
        expect((await signIn(service, who.email)).status).toBe(401);
        const waiting = `select id from verification where identifier like '2fa-%'`;
        expect(await sqlOf(service)(waiting)).toEqual([]);
      },
      { intercept },
    );
  });

  test("a device that was trusted is trusted no more when the app is turned off, and on again", () =>
    inSandbox(async (service) => {
      const { who, code } = await enrolled(service);
      const challenge = cookieOf((await signIn(service, who.email)).headers);
      const given = { code: await code(), trustDevice: true };
      const trusting = cookieOf((await send(service, "/api/auth/two-factor/verify-totp", challenge, given)).headers);
      // Each use gives the device another cookie.
      const trusted = cookieOf((await signIn(service, who.email, trusting)).headers);
      expect(trusted).toContain("session_token");
      for (const on of [false, true])
        await sqlOf(service)(`update "user" set two_factor_enabled = ${on} where id = $1`, who.userId);
      expect(await (await signIn(service, who.email, trusted)).json()).toMatchObject({ twoFactorRedirect: true });
    }));

  test("A5: a challenge ends after five wrong codes, and a right one comes too late", () =>
    inSandbox(async (service) => {
      const { who, code } = await enrolled(service);
      const challenge = cookieOf((await signIn(service, who.email)).headers);
      const verify = (sent: string) => send(service, "/api/auth/two-factor/verify-totp", challenge, { code: sent });
      for (let n = 0; n < 5; n++) expect((await verify("000000")).status).toBe(401);
      expect((await verify(await code())).status).toBe(400);
      expect(await sessionsOf(service, who)).toHaveLength(1);
    }));

  test("a backup code works once", () =>
    inSandbox(async (service) => {
      const { who, backupCodes } = await enrolled(service);
      const use = async () => {
        const challenge = cookieOf((await signIn(service, who.email)).headers);
        const body = { code: backupCodes[0] };
        return (await send(service, "/api/auth/two-factor/verify-backup-code", challenge, body)).status;
      };
      expect([await use(), await use()]).toEqual([200, 401]);
    }));

  test("a device that is trusted isn't asked again; another one, or another person's cookie, is", () =>
    inSandbox(async (service) => {
      const { who, code } = await enrolled(service);
      const challenge = cookieOf((await signIn(service, who.email)).headers);
      const body = { code: await code(), trustDevice: true };
      const passed = await send(service, "/api/auth/two-factor/verify-totp", challenge, body);
      const trusted = cookieOf(passed.headers)
        .split("; ")
        .filter((pair) => pair.includes("trust_device"))
        .join("; ");
      expect(trusted).not.toBe("");
      expect(sessionCookie((await signIn(service, who.email, trusted)).headers)).toBeDefined();
      expect(sessionCookie((await signIn(service, who.email)).headers)).toBeUndefined();
      const other = await enrolled(service);
      expect(sessionCookie((await signIn(service, other.who.email, trusted)).headers)).toBeUndefined();
    }));

  test("turning it on or off ends the sessions that began without it", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const elsewhere = cookieOf((await signIn(service, who.email)).headers);
      const begun = (await who.post("/api/auth/two-factor/enable", { password })).body as { totpURI: string };
      expect((await send(service, "/v1/verify", elsewhere)).status).toBe(200);
      const code = await authenticator(begun.totpURI)();
      const on = await send(service, "/api/auth/two-factor/verify-totp", who.cookie, { code });
      expect((await send(service, "/v1/verify", elsewhere)).status).toBe(401);
      expect((await send(service, "/v1/verify", who.cookie)).status).toBe(401);
      const here = cookieOf(on.headers);
      const off = (sent: string) => send(service, "/api/auth/two-factor/disable", here, { password: sent });
      expect([(await off("a wrong password")).status, (await off(password)).status]).toEqual([400, 200]);
      expect(sessionCookie((await signIn(service, who.email)).headers)).toBeDefined();
    }));

  test("the secret and the backup codes are kept encrypted, and no answer shows them again", () =>
    inSandbox(async (service) => {
      const { who, backupCodes, cookie } = await enrolled(service);
      const [row] = await service.database.db.select().from(twoFactor).where(eq(twoFactor.userId, who.userId));
      expect(row?.verified).toBe(true);
      expect(JSON.stringify(row)).not.toContain(backupCodes[0] ?? "");
      const shown = await (await send(service, "/api/auth/get-session", cookie)).text();
      expect(shown).toContain('"twoFactorEnabled":true');
      expect(shown).not.toMatch(/secret|backupCodes/);
    }));
});

test("whoever has one is asked for it after a provider's sign-in too, and is led on to where they were going", async () => {
  await using provider = await openProvider();
  await inSandbox(
    async (service) => {
      const { who, code } = await enrolled(service);
      await service.database.db.update(user).set({ emailVerified: true }).where(eq(user.id, who.userId));
      provider.claims = { sub: "at-acme", email: who.email, email_verified: true, name: "A" };
      const begun = await send(service, "/api/auth/sign-in/social", "", {
        provider: "acme",
        callbackURL: "/done?a=b#there",
      });
      const { url } = (await begun.json()) as { url: string };
      const callback = (await fetch(url, { redirect: "manual" })).headers.get("location") ?? "";
      const led = await send(service, callback, cookieOf(begun.headers));
      expect([led.status, led.headers.get("location")]).toEqual([302, "/done?a=b&twoFactorRedirect=true#there"]);
      expect(sessionCookie(led.headers)).toBeUndefined();
      const passed = await send(service, "/api/auth/two-factor/verify-totp", cookieOf(led.headers), {
        code: await code(),
      });
      expect((await send(service, "/v1/verify", cookieOf(passed.headers))).status).toBe(200);
    },
    { env: provider.env("ACME") },
  );
});
