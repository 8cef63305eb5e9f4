import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Actor } from "../../harness/actor.ts";
import type { Answer } from "../../harness/answer.ts";
import { inSandbox, type Service } from "../../harness/app.ts";
import { cookieOf } from "../../harness/cookies.ts";
import { mailedCode } from "../../harness/email-code.ts";
import { mailedSecret } from "../../harness/mails.ts";
import { assertion, registered } from "../../harness/passkeys.ts";
import { password } from "../../harness/people.ts";
import { openProvider, type OpenIdProvider } from "../../harness/provider.ts";
import { sqlOf } from "../../harness/sql.ts";
import { enrolled, holding } from "../../harness/two-factor.ts";
import { withoutAccount } from "../../harness/without-account.ts";

let provider: OpenIdProvider;
beforeAll(async () => {
  provider = await openProvider();
  provider.claims = { sub: "ada-at-acme", email: "ada@acme.example", email_verified: true, name: "Ada" };
});
afterAll(() => provider.stop());

const auth = (path: string) => `/api/auth${path}`;

/** Somebody without an account who has set something. */
async function guest(service: Service): Promise<Actor> {
  const who = await withoutAccount(service);
  await who.patch("/v1/me/preferences", { language: "de" });
  await who.patch("/v1/me/profile", { bio: "A guest." });
  return who;
}

/** The same browser, with the cookies of one more answer; what an answer ends is gone. */
function having(service: Service, { cookie }: Actor, { headers }: Answer): Actor {
  const kept = new Map(cookie.split("; ").map((pair) => [pair.slice(0, pair.indexOf("=")), pair] as const));
  for (const line of headers.getSetCookie()) {
    const [pair = ""] = line.split(";");
    if (/max-age=0/i.test(line)) kept.delete(pair.slice(0, pair.indexOf("=")));
    else kept.set(pair.slice(0, pair.indexOf("=")), pair);
  }
  return holding(service, [...kept.values()].join("; "));
}

const everythingOf = async (who: Actor) => ({
  language: ((await who.get("/v1/me/preferences")).body as { language: string }).language,
  bio: ((await who.get("/v1/me/profile")).body as { bio: string }).bio,
});
const me = async (who: Actor) => ((await who.get("/v1/me")).body as { principal: { id: string } } | null)?.principal;

/** Each way in, from the browser of somebody without an account; each answers with what came last. */
const ways: Record<string, (service: Service, who: Actor) => Promise<Answer>> = {
  "a sign-up": (_, who) =>
    who.post(auth("/sign-up/email"), { email: `${Bun.randomUUIDv7()}@example.com`, name: "New", password }),
  "a password": async (service, who) =>
    who.post(auth("/sign-in/email"), { email: (await service.signUp()).email, password }),
  "a mailed code": async (service, who) => {
    const { email } = await service.signUp();
    return who.post(auth("/sign-in/email-otp"), { email, otp: await mailedCode(service, email) });
  },
  "a mailed link": async (service, who) => {
    const { email } = await service.signUp();
    await service.anonymous.post(auth("/sign-in/magic-link"), { email });
    return who.post(auth("/magic-link/verify"), { token: mailedSecret(service, email) });
  },
  "the link that verifies an address, with its password": async (service, who) => {
    const { email } = await service.signUp();
    await service.anonymous.post(auth("/send-verification-email"), { email });
    return who.post(auth("/verify-email"), { token: mailedSecret(service, email), password });
  },
  "an invitation": async (service, who) => {
    const { owner, id } = await service.organization();
    const email = `guest-${Bun.randomUUIDv7()}@example.com`;
    const { body } = await owner.post(`/v1/orgs/${id}/invitations`, { email });
    const asked = { invitationId: (body as { id: string }).id, secret: mailedSecret(service, email) };
    return who.post(auth("/sign-up/invited"), { ...asked, email, name: "Guest", password });
  },
  "a passkey": async (service, who) => {
    const { who: asking, body } = await assertion(service, (await registered(service)).device);
    return holding(service, `${who.cookie}; ${asking.cookie}`).post(auth("/passkey/verify-authentication"), body);
  },
  "a password and a second factor": async (service, who) => {
    const { who: person, code } = await enrolled(service);
    const first = await who.post(auth("/sign-in/email"), { email: person.email, password });
    return having(service, who, first).post(auth("/two-factor/verify-totp"), { code: await code() });
  },
  "a provider": async (service, who) => {
    const asked = await who.post(auth("/sign-in/social"), { provider: "acme", callbackURL: "/done" });
    const back = await fetch((asked.body as { url: string }).url, { redirect: "manual" });
    return having(service, who, asked).get(back.headers.get("location") ?? "");
  },
};

describe("who has no account and comes to one keeps what is theirs", () => {
  for (const [way, go] of Object.entries(ways))
    test(`by ${way}`, () =>
      inSandbox(
        async (service) => {
          const who = await guest(service);
          const before = await everythingOf(who);
          const answer = await go(service, who);
          expect([answer.status < 400, answer.text]).toEqual([true, answer.text]);
          const account = having(service, who, answer);
          const person = await me(account);
          expect(person).toMatchObject({ isAnonymous: false });
          expect(await everythingOf(account)).toEqual(before);

          expect((await who.get("/v1/me")).status).toBe(401);
          const sql = sqlOf(service);
          expect(await sql(`select id from "user" where id = $1`, who.userId)).toEqual([]);
          const adopted = await sql(`select entity_id, changes from audit_event where action = 'user.adopted'`);
          const changes = { anonymousId: { from: who.userId, to: null } };
          expect(adopted).toEqual([{ entity_id: person?.id, changes }]);
        },
        way === "a provider" ? { env: provider.env("ACME") } : {},
      ));

  test("with a Bearer token, too", () =>
    inSandbox(async (service) => {
      const { headers } = await service.anonymous.post(auth("/sign-in/anonymous"));
      const authorization = `Bearer ${headers.get("set-auth-token")}`;
      await service.anonymous.patch("/v1/me/preferences", { language: "de" }, { authorization });
      const { email } = await service.signUp();
      const signedIn = await service.anonymous.post(auth("/sign-in/email"), { email, password }, { authorization });
      expect(await everythingOf(holding(service, cookieOf(signedIn.headers)))).toMatchObject({ language: "de" });
      expect((await service.anonymous.get("/v1/me", { authorization })).status).toBe(401);
    }));

  test("but for what the account has set itself", () =>
    inSandbox(async (service) => {
      const [who, person] = [await guest(service), await service.signUp()];
      await person.patch("/v1/me/preferences", { language: "en", theme: "dark" });
      await person.patch("/v1/me/profile", { bio: "Ada." });
      await who.post(auth("/sign-in/email"), { email: person.email, password });
      expect(await everythingOf(person)).toEqual({ language: "en", bio: "Ada." });
    }));

  test("and is still who they were, where it can't be moved: 503, and the sign-in is tried again", () => {
    let away = false;
    return inSandbox(
      async (service) => {
        const [who, person] = [await guest(service), await service.signUp()];
        const signIn = () => who.post(auth("/sign-in/email"), { email: person.email, password });
        away = true;
        const failed = await signIn();
        away = false;
        expect([failed.status, cookieOf(failed.headers)]).toEqual([503, ""]);
        expect(await everythingOf(who)).toEqual({ language: "de", bio: "A guest." });
        expect((await signIn()).status).toBe(200);
        expect(await everythingOf(person)).toEqual({ language: "de", bio: "A guest." });
      },
      {
        intercept: (statement) =>
          away && /insert into "user_preference".*on conflict do nothing$/.test(statement.text)
            ? { ...statement, text: "do $$ begin raise exception 'away' using errcode = '57P01'; end $$", values: [] }
            : statement,
      },
    );
  });

  test("and a sign-in that fails changes nothing", () =>
    inSandbox(async (service) => {
      const [who, person] = [await guest(service), await service.signUp()];
      const wrong = { email: person.email, password: "not the right one" };
      expect((await who.post(auth("/sign-in/email"), wrong)).status).toBe(401);
      expect(await everythingOf(who)).toEqual({ language: "de", bio: "A guest." });
    }));
});

test("who has no account is told apart, and is mailed nothing", () =>
  inSandbox(async (service) => {
    const who = await withoutAccount(service);
    const verified = await who.get("/v1/verify");
    expect(verified.body).toMatchObject({ principal: { type: "user", id: who.userId, isAnonymous: true } });
    expect(verified.headers.get("x-auth-email")).toBe("");
    expect((await who.get(auth("/get-session"))).body).toMatchObject({ user: { isAnonymous: true } });
    const { token } = (await who.get(auth("/token"))).body as { token: string };
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    expect(claims).toMatchObject({ sub: who.userId, is_anonymous: true });
    expect((await who.get("/v1/me/export")).body).toMatchObject({ account: [{ isAnonymous: true }] });

    await who.post(auth("/send-verification-email"), { email: who.email });
    await who.post(auth("/request-password-reset"), { email: who.email });
    await who.post(auth("/sign-in/magic-link"), { email: who.email });
    expect(service.mails).toEqual([]);
  }));

test("403 for whatever takes an account, and a sign-in that is recent at no time", () =>
  inSandbox(async (service) => {
    const who = await withoutAccount(service);
    expect(await who.post("/v1/orgs", { name: "Acme" })).toMatchObject({
      status: 403,
      body: { code: "account_required" },
    });
    expect(await who.post(auth("/organization/create"), { name: "Acme", slug: "acme" })).toMatchObject({
      status: 403,
      body: { code: "ACCOUNT_REQUIRED" },
    });
    const sensitive: [string, object][] = [
      ["/change-email", { newEmail: "ada@example.com" }],
      ["/two-factor/enable", {}],
      ["/delete-user", {}],
    ];
    for (const [path, body] of sensitive)
      expect([path, await who.post(auth(path), body)]).toMatchObject([
        path,
        { status: 403, body: { code: "FRESH_SIGN_IN_REQUIRED" } },
      ]);
    expect((await who.get(auth("/passkey/generate-register-options"))).status).toBe(403);
    expect((await who.delete("/v1/me", {})).body).toMatchObject({ code: "fresh_sign_in_required" });
    expect(await who.post(auth("/update-user"), { isAnonymous: false })).toMatchObject({ status: 400 });
    expect(await me(who)).toMatchObject({ isAnonymous: true });
  }));

test("one session without an account at a time, deleted by whose it is", () =>
  inSandbox(async (service) => {
    const who = await withoutAccount(service);
    expect((await who.post(auth("/sign-in/anonymous"))).status).toBe(400);
    const person = await service.signUp();
    expect((await person.post(auth("/delete-anonymous-user"))).status).toBe(403);
    expect((await who.post(auth("/delete-anonymous-user"))).status).toBe(200);
    expect((await who.get("/v1/me")).status).toBe(401);
    expect(await sqlOf(service)(`select id from "user" where id = $1`, who.userId)).toEqual([]);
  }));

test("no account is made by who isn't let, and thirty an hour from one address", async () => {
  await inSandbox(
    async ({ anonymous }) => {
      expect((await anonymous.post(auth("/sign-in/anonymous"))).status).toBe(404);
      expect((await anonymous.get("/v1/settings")).body).toMatchObject({ signIn: { anonymous: false } });
    },
    { env: { ANONYMOUS: "off" } },
  );
  await inSandbox(
    async ({ anonymous }) => {
      const statuses: number[] = [];
      for (let n = 0; n < 31; n++) statuses.push((await anonymous.post(auth("/sign-in/anonymous"))).status);
      expect(statuses).toEqual([...Array<number>(30).fill(200), 429]);
    },
    { env: { RATE_LIMIT: "on" } },
  );
});

test("whoever is given an address has an account from then on", () =>
  inSandbox(async (service) => {
    const who = await withoutAccount(service);
    const give = `update "user" set email = 'ada@example.com' where id = $1 returning is_anonymous as "isAnonymous"`;
    expect(await sqlOf(service)(give, who.userId)).toEqual([{ isAnonymous: false }]);
  }));
