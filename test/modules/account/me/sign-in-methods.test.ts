import { describe, expect, test } from "bun:test";
import { account } from "../../../../src/schema.ts";
import { inSandbox, type Service } from "../../../harness/app.ts";
import type { Actor } from "../../../harness/actor.ts";
import { cookieOf } from "../../../harness/cookies.ts";
import { passkeyApi, registered } from "../../../harness/passkeys.ts";
import { password } from "../../../harness/people.ts";
import { enrolled } from "../../../harness/two-factor.ts";

type Removable = { id: string; removable: boolean };
type Methods = {
  password: (Removable & { changedAt: string }) | null;
  providers: (Removable & { label: string })[];
  passkeys: Removable[];
};

const google = { GOOGLE_CLIENT_ID: "id", GOOGLE_CLIENT_SECRET: "secret" };

const methods = async (who: Actor) => (await who.get("/v1/me/sign-in-methods")).body as Methods;

/** Links a provider's account to a person, as better-auth stores it. */
async function link({ database, clock }: Service, userId: string, providerId: string) {
  const id = Bun.randomUUIDv7();
  const at = { createdAt: clock.now(), updatedAt: clock.now() };
  await database.db.insert(account).values({ id, userId, providerId, accountId: `secret-${id}`, ...at });
  return id;
}

describe("GET /v1/me/sign-in-methods", () => {
  test("401 for nobody", () =>
    inSandbox(async ({ anonymous }) => {
      expect((await anonymous.get("/v1/me/sign-in-methods")).status).toBe(401);
    }));

  test("a password alone may not be removed, and says when it was set", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const before = await methods(who);
      expect(before).toEqual({
        password: { id: expect.any(String), changedAt: expect.any(String), removable: false },
        providers: [],
        passkeys: [],
        emailCode: true,
        secondFactor: { enabled: false, backupCodesLeft: null },
      } as never);
      const age = `update "account" set updated_at = updated_at - interval '2 days' where user_id = $1`;
      await service.database.statement("", age, [who.userId]);
      const change = { currentPassword: password, newPassword: "another horse battery" };
      expect((await who.post("/api/auth/change-password", change)).status).toBe(200);
      expect((await methods(who)).password!.changedAt >= before.password!.changedAt).toBe(true);
      const last = { accountId: before.password!.id };
      expect((await who.post("/api/auth/unlink-account", last)).status).toBe(400);
    }));

  test("of two ways each may be removed, until one is left; another person's aren't there", () =>
    inSandbox(
      async (service) => {
        const [who, other] = [await service.signUp(), await service.signUp()];
        await link(service, other.userId, "google");
        const id = await link(service, who.userId, "google");
        const gone = await link(service, who.userId, "gone");
        const { providers, password: set } = await methods(who);
        const shown = { linkedAt: expect.any(String), removable: true };
        expect(providers).toEqual([
          { id, provider: "google", label: "Google", ...shown },
          { id: gone, provider: "gone", label: "gone", ...shown },
        ] as never);
        for (const accountId of [gone, set!.id])
          expect((await who.post("/api/auth/unlink-account", { accountId })).status).toBe(200);
        expect(await methods(who)).toMatchObject({ password: null, providers: [{ id, removable: false }] });
        expect((await who.post("/api/auth/unlink-account", { accountId: id })).status).toBe(400);
        expect((await who.get("/v1/me/sign-in-methods")).text).not.toContain("secret-");
      },
      { env: google },
    ));

  test("a passkey stands beside the password", () =>
    inSandbox(async (service) => {
      const { who, id } = await registered(service);
      expect((await methods(who)).passkeys).toEqual([expect.objectContaining({ id, removable: true })]);
    }));

  test("the last passkey stays where no password, code or offered provider is left; with a code it may go", () =>
    inSandbox(
      async (service) => {
        const { who, id } = await registered(service);
        await link(service, who.userId, "gone");
        const { password: set } = await methods(who);
        expect((await who.post("/api/auth/unlink-account", { accountId: set!.id })).status).toBe(200);
        expect((await methods(who)).passkeys).toEqual([expect.objectContaining({ id, removable: false })]);
        const refused = await who.post(`${passkeyApi}/delete-passkey`, { id });
        expect([refused.status, (refused.body as { code: string }).code]).toEqual([400, "LAST_SIGN_IN_METHOD"]);
        expect((await methods(who)).passkeys).toHaveLength(1);
      },
      { env: { EMAIL_CODE: "off" } },
    ));

  test("a mailed code is a way in: the only passkey may go where codes are on", () =>
    inSandbox(async (service) => {
      const { who, id } = await registered(service);
      await service.database.statement("", `delete from "account" where user_id = $1`, [who.userId]);
      const again = await service.signUp();
      await service.database.statement("", `update "session" set user_id = $1 where id = $2`, [
        who.userId,
        again.sessionId,
      ]);
      expect((await methods(again)).passkeys).toEqual([expect.objectContaining({ id, removable: true })]);
      expect((await again.post(`${passkeyApi}/delete-passkey`, { id })).status).toBe(200);
    }));

  test("the second factor says how many backup codes are left, and none of them", () =>
    inSandbox(async (service) => {
      const { who, backupCodes } = await enrolled(service);
      const { email } = who;
      const first = await service.anonymous.post("/api/auth/sign-in/email", { email, password });
      const cookie = cookieOf(first.headers);
      const used = await service.anonymous.post(
        "/api/auth/two-factor/verify-backup-code",
        { code: backupCodes[0] },
        { cookie },
      );
      expect(used.status).toBe(200);
      const signedIn = cookieOf(used.headers);
      const answer = await service.anonymous.get("/v1/me/sign-in-methods", { cookie: signedIn });
      expect(answer.body).toMatchObject({
        secondFactor: { enabled: true, backupCodesLeft: backupCodes.length - 1 },
      });
      for (const code of backupCodes) expect(answer.text).not.toContain(code);
    }));
});
