import { describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { auditEvent, passkey, session, user } from "../../../src/schema.ts";
import { inSandbox, openService, type Service } from "../../harness/app.ts";
import { authenticator, type Authenticator } from "../../harness/authenticator.ts";
import { tally } from "../../harness/answer.ts";
import { freshDatabase } from "../../harness/database.ts";
import { cookieOf } from "../../harness/cookies.ts";
import { assertion, passkeyApi, register, registration } from "../../harness/passkeys.ts";
import { enrolled, holding } from "../../harness/two-factor.ts";

const api = passkeyApi;

/** Signs in with a passkey and nothing else. */
async function signIn(service: Service, device: Authenticator, given?: Parameters<typeof assertion>[2]) {
  const { who, body } = await assertion(service, device, given);
  return who.post(`${api}/verify-authentication`, body);
}

const whoIs = async (service: Service, headers: Headers) => {
  const { body } = await holding(service, cookieOf(headers)).get("/v1/verify");
  return (body as { principal?: { id: string } }).principal?.id;
};

describe("a passkey", () => {
  test("signs its owner in without a word, from whatever device it is on", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const device = authenticator();
      expect((await register(service, who.cookie, device)).status).toBe(200);
      expect(await whoIs(service, (await signIn(service, device)).headers)).toBe(who.userId);
      expect(await whoIs(service, (await signIn(service, device)).headers)).toBe(who.userId);
      const events = await service.database.db.select({ action: auditEvent.action }).from(auditEvent);
      expect(events.map(({ action }) => action)).toContain("passkey.created");
    }));

  test("is two factors where it verified its user, and one where it didn't", () =>
    inSandbox(async (service) => {
      const { who, cookie } = await enrolled(service);
      const device = authenticator();
      expect((await register(service, cookie, device)).status).toBe(200);
      expect(await whoIs(service, (await signIn(service, device)).headers)).toBe(who.userId);
      const asked = await signIn(service, device, { verified: false });
      expect(asked.body).toMatchObject({ twoFactorRedirect: true });
      expect(await whoIs(service, asked.headers)).toBeUndefined();
    }));

  test("that is removed ends the other sessions, and signs nobody in", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const device = authenticator();
      const made = (await register(service, who.cookie, device)).body as { id: string };
      const elsewhere = cookieOf((await signIn(service, device)).headers);
      expect((await who.post(`${api}/delete-passkey`, { id: made.id })).status).toBe(200);
      expect((await holding(service, elsewhere).get("/v1/verify")).status).toBe(401);
      expect((await who.get("/v1/verify")).status).toBe(200);
      expect((await signIn(service, device)).status).toBe(401);
    }));

  test("belongs to one person: nobody else renames or removes it, or registers it again", () =>
    inSandbox(async (service) => {
      const [who, other] = [await service.signUp(), await service.signUp()];
      const device = authenticator();
      const { id } = (await register(service, who.cookie, device)).body as { id: string };
      expect((await other.post(`${api}/delete-passkey`, { id })).status).toBe(401);
      expect((await other.post(`${api}/update-passkey`, { id, name: "Mine" })).status).toBe(401);
      expect((await register(service, other.cookie, device)).status).toBeWithin(400, 500);
      expect(await service.database.db.$count(passkey)).toBe(1);
    }));

  test("that was made for another site or another domain isn't kept", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      for (const given of [{ origin: "https://evil.example" }, { domain: "evil.example" }]) {
        const made = await registration(service, who.cookie, authenticator(), given);
        expect((await made.who.post(`${api}/verify-registration`, made.body)).status).toBe(400);
      }
      expect(await service.database.db.$count(passkey)).toBe(0);
    }));

  test("is one of twenty at most", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      for (let n = 0; n < 20; n++) expect((await register(service, who.cookie, authenticator())).status).toBe(200);
      const refused = await register(service, who.cookie, authenticator());
      expect([refused.status, (refused.body as { code: string }).code]).toEqual([400, "TOO_MANY_PASSKEYS"]);
    }));

  test("is one of twenty at most, however many are made at once", async () => {
    await using fresh = await freshDatabase();
    const service = await openService({ database: fresh.database });
    const who = await service.signUp();
    for (let n = 0; n < 15; n++) await register(service, who.cookie, authenticator());
    const asked = await Promise.all(
      Array.from({ length: 15 }, () => registration(service, who.cookie, authenticator())),
    );
    const answers = await Promise.all(asked.map((one) => one.who.post(`${api}/verify-registration`, one.body)));
    expect(tally(answers.map(({ status }) => status))).toEqual({ 200: 5, 400: 10 });
    expect(await service.database.db.$count(passkey)).toBe(20);
    await service.deps.close();
  });

  test("is neither made nor taken where the setting is off", () =>
    inSandbox(
      async (service) => {
        const who = await service.signUp();
        expect((await who.get(`${api}/generate-register-options`)).status).toBe(404);
        expect((await service.anonymous.get(`${api}/generate-authenticate-options`)).status).toBe(404);
      },
      { env: { PASSKEY_DOMAIN: "" } },
    ));
});

describe("nobody is signed in by", () => {
  const signedIn = async (service: Service) => service.database.db.$count(session);
  const withOne = (run: (service: Service, device: Authenticator) => Promise<void>) =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const device = authenticator();
      await register(service, who.cookie, device);
      const before = await signedIn(service);
      await run(service, device);
      expect(await signedIn(service)).toBe(before);
    });

  test("an answer made for another site, or for another domain", () =>
    withOne(async (service, device) => {
      expect((await signIn(service, device, { origin: "https://evil.example" })).status).toBe(400);
      expect((await signIn(service, device, { domain: "evil.example" })).status).toBe(400);
    }));

  test("an answer to another challenge, one given before, or one without the browser that was asked", () =>
    withOne(async (service, device) => {
      const begun = await service.anonymous.get(`${api}/generate-authenticate-options`);
      const asked = holding(service, cookieOf(begun.headers));
      const answer = device.get(begun.body as { challenge: string });
      expect((await service.anonymous.post(`${api}/verify-authentication`, { response: answer })).status).toBe(400);
      const other = device.get({ challenge: Buffer.from("another").toString("base64url") });
      expect((await asked.post(`${api}/verify-authentication`, { response: other })).status).toBe(400);
      // The challenge is used up by the first try.
      expect((await asked.post(`${api}/verify-authentication`, { response: answer })).status).toBe(400);
    }));

  test("a key that nobody registered, or that signs for another's", () =>
    withOne(async (service, device) => {
      expect((await signIn(service, authenticator())).status).toBe(401);
      const impostor = { ...authenticator(), credentialId: device.credentialId };
      const begun = await service.anonymous.get(`${api}/generate-authenticate-options`);
      const response = {
        ...impostor.get(begun.body as { challenge: string }),
        id: device.credentialId,
        rawId: device.credentialId,
      };
      const answer = await holding(service, cookieOf(begun.headers)).post(`${api}/verify-authentication`, { response });
      expect(answer.status).toBe(400);
    }));

  test("a passkey whose owner is banned", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const device = authenticator();
      await register(service, who.cookie, device);
      await service.database.db.update(user).set({ banned: true }).where(eq(user.id, who.userId));
      expect((await signIn(service, device)).status).toBe(403);
    }));
});
