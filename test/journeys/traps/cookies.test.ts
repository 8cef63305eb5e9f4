import { describe, expect, setSystemTime, test } from "bun:test";
import type { Actor } from "../../harness/actor.ts";
import { problemOf } from "../../harness/answer.ts";
import { inSandbox, type Service } from "../../harness/app.ts";
import { cookieOf } from "../../harness/cookies.ts";
import { ask, follow } from "../../harness/mailed-links.ts";
import { mailedSecret } from "../../harness/mails.ts";
import { assertion, registered } from "../../harness/passkeys.ts";
import { password } from "../../harness/people.ts";
import { enrolled, holding } from "../../harness/two-factor.ts";
import { sendForm } from "../../web/forms.ts";

// A cookie that somebody else has planted, copied or doubled.

const isIn = async (who: Actor) => (await who.get("/v1/verify")).status === 200;

describe("signing in where there is a session already", () => {
  const credentials = ({ email }: Actor) => ({ email, password });
  const ways: Record<string, (service: Service, who: Actor) => Promise<{ headers: Headers }>> = {
    "by a password": (_, who) => who.post("/api/auth/sign-in/email", credentials(who)),
    "by the page": (_, who) => sendForm(who, "/auth/sign-in", credentials(who)),
    "by a mailed link": async (service, who) => {
      await ask(service, who.email);
      return follow(who, mailedSecret(service, who.email));
    },
    "as somebody else": async (service, who) =>
      who.post("/api/auth/sign-in/email", credentials(await service.signUp())),
  };

  test.each(Object.keys(ways))("S1: %s gives another token, and the one before is worth nothing", (name) =>
    inSandbox(async (service) => {
      const who = await service.signUp({ verified: true });
      const elsewhere = holding(
        service,
        cookieOf((await service.anonymous.post("/api/auth/sign-in/email", credentials(who))).headers),
      );
      const { headers } = await ways[name]!(service, who);
      const here = holding(service, cookieOf(headers));
      expect([await isIn(here), await isIn(who), await isIn(elsewhere)]).toEqual([true, false, true]);
    }),
  );

  test("S1: by a passkey, and by a second factor, likewise", () =>
    inSandbox(async (service) => {
      const { who, device } = await registered(service);
      const { who: browser, body } = await assertion(service, device);
      const both = holding(service, `${who.cookie}; ${browser.cookie}`);
      const passed = await both.post("/api/auth/passkey/verify-authentication", body);
      expect([await isIn(holding(service, cookieOf(passed.headers))), await isIn(who)]).toEqual([true, false]);

      const { who: careful, cookie, code } = await enrolled(service);
      const asked = await holding(service, cookie).post("/api/auth/sign-in/email", credentials(careful));
      expect(await isIn(holding(service, cookie))).toBe(false);
      const challenged = holding(service, cookieOf(asked.headers));
      const through = await challenged.post("/api/auth/two-factor/verify-totp", { code: await code() });
      expect(await isIn(holding(service, cookieOf(through.headers)))).toBe(true);
    }));

  test("S1: that fails, or is by a Bearer token, ends nothing", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      await who.post("/api/auth/sign-in/email", { ...credentials(who), password: "a wrong one" });
      const token = decodeURIComponent(who.cookie.split("=")[1] ?? "");
      const bearer = { authorization: `Bearer ${token}` };
      expect((await service.anonymous.post("/api/auth/sign-in/email", credentials(who), bearer)).status).toBe(200);
      expect(await isIn(who)).toBe(true);
    }));

  test("S1: a token that somebody made up is never taken over", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const planted = "x".repeat(32);
      const { headers } = await service.anonymous.post("/api/auth/sign-in/email", credentials(who), {
        cookie: `better-auth.session_token=${planted}.${"A".repeat(43)}%3D`,
      });
      expect(cookieOf(headers)).toContain("session_token=");
      expect(cookieOf(headers)).not.toContain(planted);
    }));
});

describe("a second session's cookie beside one's own", () => {
  test("S5: 400 at every door, in whatever order: what one does is never done as the other", () =>
    inSandbox(async (service) => {
      const [mine, theirs] = [await service.signUp({ name: "Mine" }), await service.signUp({ name: "Theirs" })];
      for (const cookie of [`${mine.cookie}; ${theirs.cookie}`, `${theirs.cookie}; a=b; ${mine.cookie}`]) {
        const both = holding(service, cookie);
        for (const path of ["/v1/me", "/v1/verify", "/api/auth/get-session", "/api/auth/token"])
          expect([path, ...problemOf(await both.get(path))].slice(0, 2)).toEqual([path, 400]);
        expect((await both.get("/account")).status).toBe(400);
        expect((await both.post("/api/auth/update-user", { name: "Eve" })).status).toBe(400);
        expect((await both.patch("/v1/me", { name: "Eve" })).status).toBe(400);
        expect((await sendForm(both, "/account", { name: "Eve" })).status).toBe(400);
      }
      for (const who of [mine, theirs]) expect((await who.get("/v1/me")).text).not.toContain("Eve");
    }));
});

describe("a cookie that is none beside one's own", () => {
  test("S5: is passed over at every door, in whatever order", () =>
    inSandbox(async (service) => {
      const mine = await service.signUp();
      const [name = "", value = ""] = mine.cookie.split(/=(.*)/);
      const forged = `${name}=${value.slice(0, 33)}${"A".repeat(43)}%3D`;
      for (const planted of [`${name}=`, `${name}=x`, `${name}=%`, forged, `${name}=${value.slice(0, 32)}`])
        for (const cookie of [`${planted}; a=b; ${mine.cookie}`, `${mine.cookie};${planted}`]) {
          const both = holding(service, cookie);
          for (const path of ["/v1/me", "/v1/verify", "/account"])
            expect([cookie, path, (await both.get(path)).status]).toEqual([cookie, path, 200]);
          expect((await both.get("/api/auth/get-session")).body).toMatchObject({ user: { id: mine.userId } });
        }
      const both = holding(service, `${forged}; ${mine.cookie}`);
      expect((await both.post("/api/auth/update-user", { name: "Ada" })).status).toBe(200);
      expect((await both.post("/api/auth/sign-out")).status).toBe(200);
      expect(await isIn(mine)).toBe(false);
    }));
});

describe("a session that nobody uses", () => {
  const day = 24 * 3600_000;
  test("S3: 401 after its thirty days at every door; one in use goes on until it hasn't been used for as long", () =>
    inSandbox(async (service) => {
      const [idle, used] = [await service.signUp(), await service.signUp()];
      const start = Date.now();
      const at = (days: number) => setSystemTime(new Date(start + days * day));
      try {
        at(29);
        expect((await used.get("/api/auth/get-session")).body).not.toBeNull();
        expect((await idle.get("/v1/verify")).status).toBe(200);
        at(31);
        expect([await isIn(idle), await isIn(used)]).toEqual([false, true]);
        expect((await idle.get("/api/auth/get-session")).body).toBeNull();
        expect((await idle.get("/account")).status).toBe(303);
        expect((await idle.get("/v1/me")).status).toBe(401);
        at(60);
        expect(await isIn(used)).toBe(false);
      } finally {
        setSystemTime();
      }
    }));
});

describe("cookies", () => {
  test("S4: of sessions and of pages are for this host, for https, hidden from scripts and small", () =>
    inSandbox(
      async (service) => {
        const { anonymous } = service;
        const who = await service.signUp({ verified: true });
        const signedIn = await anonymous.post("/api/auth/sign-in/email", { email: who.email, password });
        const here = holding(service, cookieOf(signedIn.headers));
        const answers = [
          signedIn,
          await sendForm(anonymous, "/auth/sign-in", { email: who.email, password }),
          await sendForm(anonymous, "/auth/code", { email: who.email, return_to: "/account" }),
          await sendForm(here, "/account", { name: "Ada" }),
          await sendForm(anonymous, "/language", { language: "de" }),
          await here.get("/account"),
          await anonymous.get("/auth/continue?by=passkey"),
        ];
        const cookies = answers.flatMap(({ headers }) => headers.getSetCookie());
        const names = new Set(cookies.map((cookie) => cookie.split("=")[0]));
        for (const name of ["__Host-better-auth.session_token", "gatehouse.told", "gatehouse.way", "gatehouse.asked"])
          expect([name, names.has(name)]).toEqual([name, true]);
        for (const cookie of cookies) {
          const [pair = "", ...attributes] = cookie.split("; ");
          expect([pair.split("=")[0], pair.length < 4096]).toEqual([pair.split("=")[0], true]);
          for (const wanted of ["Secure", "HttpOnly", "SameSite=Lax"])
            expect([pair.split("=")[0], attributes.includes(wanted)]).toEqual([pair.split("=")[0], true]);
          expect(attributes.some((each) => each.startsWith("Domain="))).toBe(false);
        }
      },
      { env: { BASE_URL: "https://auth.example.com", COOKIE_PREFIX: "host" } },
    ));
});
