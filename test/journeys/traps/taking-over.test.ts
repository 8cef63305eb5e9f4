import { describe, expect, test } from "bun:test";
import type { Actor } from "../../harness/actor.ts";
import { inSandbox, type Service } from "../../harness/app.ts";
import { cookieOf } from "../../harness/cookies.ts";
import { ask, follow, newAddress } from "../../harness/mailed-links.ts";
import { mailedSecret } from "../../harness/mails.ts";
import { assertion, registered } from "../../harness/passkeys.ts";
import { password } from "../../harness/people.ts";
import { sqlOf } from "../../harness/sql.ts";
import { enrolled, holding } from "../../harness/two-factor.ts";

// Who tries to become somebody else, or to stay them, by what is mailed.

const another = "battery horse correct";

const resetFor = async (service: Service, email: string): Promise<string> => {
  await service.anonymous.post("/api/auth/request-password-reset", { email });
  return mailedSecret(service, email);
};
const reset = ({ anonymous }: Service, token: string, newPassword = another) =>
  anonymous.post("/api/auth/reset-password", { token, newPassword });
const signIn = ({ anonymous }: Service, email: string, given = password) =>
  anonymous.post("/api/auth/sign-in/email", { email, password: given });

describe("whoever registers another's address, and waits for its owner", () => {
  const owners: Record<string, (service: Service, email: string) => Promise<{ status: number }>> = {
    "a mailed link": async (service, email) => {
      await ask(service, email);
      return follow(service.anonymous, mailedSecret(service, email));
    },
    "a new password": async (service, email) => reset(service, await resetFor(service, email)),
  };

  /** Somebody who can sign in by a passkey and a provider. */
  async function squatter(service: Service) {
    const found = await registered(service);
    const { userId } = found.who;
    const insert = `insert into account (id, account_id, provider_id, user_id, created_at, updated_at)
      values ($1, $1, 'acme', $2, now(), now())`;
    await sqlOf(service)(insert, Bun.randomUUIDv7(), userId);
    return found;
  }
  const waysOf = async (service: Service, { userId }: Actor) => {
    const rows = `select provider_id as way from account where user_id = $1
      union all select 'passkey' from passkey where user_id = $1 order by 1`;
    return (await sqlOf(service)(rows, userId)).map((row) => (row as { way: string }).way);
  };

  test.each(Object.keys(owners))("E3: has no session, password, passkey or provider left after %s", (name) =>
    inSandbox(async (service) => {
      const { who, device } = await squatter(service);
      expect((await owners[name]!(service, who.email)).status).toBe(200);
      expect((await who.get("/v1/verify")).status).toBe(401);
      expect((await signIn(service, who.email)).status).toBe(401);
      const { who: browser, body } = await assertion(service, device);
      expect((await browser.post("/api/auth/passkey/verify-authentication", body)).status).toBe(401);
      expect(await waysOf(service, who)).toEqual(name === "a new password" ? ["credential"] : []);
    }),
  );

  test.each(Object.keys(owners))("E3: doesn't shut its owner out by a second factor, which ends by %s", (name) =>
    inSandbox(async (service) => {
      const { who } = await enrolled(service, false);
      expect((await owners[name]!(service, who.email)).status).toBe(200);
      await reset(service, await resetFor(service, who.email));
      const here = await signIn(service, who.email, another);
      expect([here.status, (await holding(service, cookieOf(here.headers)).get("/v1/verify")).status]).toEqual([
        200, 200,
      ]);
      const rows = `select id from two_factor where user_id = $1`;
      expect(await sqlOf(service)(rows, who.userId)).toEqual([]);
    }),
  );

  test.each(Object.keys(owners))("E3: what an owner has added to a proven address outlives %s", (name) =>
    inSandbox(async (service) => {
      const { who } = await squatter(service);
      await sqlOf(service)(`update "user" set email_verified = true where id = $1`, who.userId);
      await owners[name]!(service, who.email);
      expect(await waysOf(service, who)).toEqual(["acme", "credential", "passkey"]);
    }),
  );

  test("E3: can't move the account to an address of their own by a link from before", () =>
    inSandbox(async (service) => {
      const [who, theirs] = [await service.signUp(), newAddress()];
      expect((await who.post("/api/auth/change-email", { newEmail: theirs })).status).toBe(200);
      const token = mailedSecret(service, theirs);
      await reset(service, await resetFor(service, who.email));
      for (const body of [{ token }, { token, password }, { token, password: "guessed wrong" }])
        expect([400, 401]).toContain((await service.anonymous.post("/api/auth/verify-email", body)).status);
      expect([400, 401]).toContain((await who.post("/api/auth/verify-email", { token })).status);
      expect((await signIn(service, who.email, another)).status).toBe(200);
    }));
});

describe("a link to a new password", () => {
  test("E8: is spent by its use, by a newer one, and by a change of the address", () =>
    inSandbox(async (service) => {
      const who = await service.signUp({ verified: true });
      const older = await resetFor(service, who.email);
      const newer = await resetFor(service, who.email);
      expect((await reset(service, older)).status).toBe(400);
      expect((await signIn(service, who.email)).status).toBe(200);
      expect((await reset(service, newer)).status).toBe(200);
      expect((await reset(service, newer, "yet another one")).status).toBe(400);

      const before = await resetFor(service, who.email);
      const here = holding(service, cookieOf((await signIn(service, who.email, another)).headers));
      const newEmail = newAddress();
      await here.post("/api/auth/change-email", { newEmail });
      for (const to of [who.email, newEmail])
        expect((await here.post("/api/auth/verify-email", { token: mailedSecret(service, to) })).status).toBe(200);
      expect((await reset(service, before, "yet another one")).status).toBe(400);
      expect((await signIn(service, newEmail, another)).status).toBe(200);
    }));

  test("E8: ends every session, is for its person alone, and leaves another's links as they are", () =>
    inSandbox(async (service) => {
      const [who, other] = [await service.signUp(), await service.signUp()];
      const theirs = await resetFor(service, other.email);
      const token = await resetFor(service, who.email);
      const body = { token, newPassword: another, userId: other.userId, email: other.email };
      expect((await service.anonymous.post("/api/auth/reset-password", body)).status).toBe(200);
      expect([(await who.get("/v1/verify")).status, (await other.get("/v1/verify")).status]).toEqual([401, 200]);
      expect((await signIn(service, other.email)).status).toBe(200);
      expect((await reset(service, theirs)).status).toBe(200);
    }));

  test("E9: signs nobody in, and leaves the second factor, which the new password alone doesn't pass", () =>
    inSandbox(async (service) => {
      const { who, code } = await enrolled(service);
      const answer = await reset(service, await resetFor(service, who.email));
      expect([answer.status, cookieOf(answer.headers)]).toEqual([200, ""]);
      const { who: registrant } = await enrolled(service, false);
      await service.anonymous.post("/api/auth/send-verification-email", { email: registrant.email });
      const token = mailedSecret(service, registrant.email);
      const ways = [
        () => signIn(service, who.email, another),
        // The password shows who registered.
        () => service.anonymous.post("/api/auth/verify-email", { token, password }),
        async () => {
          await ask(service, who.email);
          return follow(service.anonymous, mailedSecret(service, who.email));
        },
      ];
      for (const way of ways) {
        const { body, headers } = await way();
        expect(body).toEqual({ twoFactorRedirect: true, twoFactorMethods: ["totp"] });
        const browser = holding(service, cookieOf(headers));
        expect((await browser.get("/v1/verify")).status).toBe(401);
      }
      const browser = holding(service, cookieOf((await signIn(service, who.email, another)).headers));

      expect((await browser.post("/api/auth/two-factor/verify-totp", { code: await code() })).status).toBe(200);
    }));
});

describe("an address that is written otherwise", () => {
  const variants = (email: string): [string, string][] => [
    ["a full-width at", email.replace("@", "\uff20")],
    ["a dotless i", email.replace("i", "\u0131")],
    ["the Kelvin sign", email.replace("k", "\u212a")],
    ["a long s", email.replace("s", "\u017f")],
    ["a zero-width space", email.replace("k", "k\u200b")],
    ["a soft hyphen", email.replace("@", "@\u00ad")],
    ["an ideographic full stop", email.replace(".example", "\u3002example")],
    ["a dot at its end", `${email}.`],
    ["quotes", email.replace(/^[^@]+/, '"$&"')],
    ["spaces around", ` ${email} `],
    ["a header behind it", `${email}\r\nBcc: evil@evil.example`],
    ["a second one behind it", `${email},evil@evil.example`],
    ["a name before it", `evil@evil.example <${email}>`],
    ["a list", [email, "evil@evil.example"] as never],
    ["capitals", email.toUpperCase()],
  ];
  const routes: [string, object][] = [
    ["sign-up/email", { name: "Eve", password }],
    ["request-password-reset", {}],
    ["sign-in/magic-link", {}],
    ["email-otp/send-verification-otp", { type: "sign-in" }],
    ["send-verification-email", {}],
  ];

  test("E5: is refused or the same account's: one recipient, no second account, no header", () =>
    inSandbox(async (service) => {
      const email = `kiss-${Bun.randomUUIDv7()}@mail.example`;
      await service.signUp({ email });
      for (const [name, given] of variants(email))
        for (const [path, more] of routes) {
          const { status } = await service.anonymous.post(`/api/auth/${path}`, { ...more, email: given });
          expect([name, path, [200, 400, 422].includes(status)]).toEqual([name, path, true]);
        }
      for (const { to, subject } of service.mails) expect([to, /[\r\n]/.test(subject)]).toEqual([email, false]);
      const alike = `select email from "user" where email like '%mail.example%' or email like '%evil%'`;
      expect(await sqlOf(service)(alike)).toEqual([{ email }]);
    }));
});
