import { createHash } from "node:crypto";
import { describe, expect, setSystemTime, test } from "bun:test";
import { eq } from "drizzle-orm";
import { account, user, verification } from "../../../src/schema.ts";
import { inSandbox, type Service } from "../../harness/app.ts";
import { mailedCode } from "../../harness/email-code.ts";
import { password } from "../../harness/people.ts";
import { enrolled } from "../../harness/two-factor.ts";

const give = ({ anonymous }: Service, email: string, otp: string) =>
  anonymous.post("/api/auth/sign-in/email-otp", { email, otp });
/** A code that isn't this one. */
const another = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

describe("a mailed code", () => {
  test("signs in once, whatever its address's case; of fifty at once exactly one passes", () =>
    inSandbox(async (service) => {
      const { email, userId } = await service.signUp();
      const code = await mailedCode(service, email);
      const answers = await Promise.all(Array.from({ length: 50 }, () => give(service, email.toUpperCase(), code)));
      const good = answers.filter(({ status }) => status === 200);
      expect(good.map(({ body }) => (body as { user: { id: string } }).user.id)).toEqual([userId]);
      expect(answers.filter(({ status }) => status === 400)).toHaveLength(49);
    }));

  test("is stored so that the database alone doesn't give it away, and no GET or HEAD takes it", () =>
    inSandbox(async (service) => {
      const { email } = await service.signUp();
      const code = await mailedCode(service, email);
      const rows = await service.database.db.select().from(verification);
      const kept = rows.find(({ identifier }) => identifier.includes(email))?.value ?? "";
      expect(kept).not.toBe("");
      expect(kept).not.toContain(code);
      for (const encoding of ["hex", "base64", "base64url"] as const)
        expect(kept).not.toContain(createHash("sha256").update(code).digest(encoding));
      for (const method of ["GET", "HEAD"])
        expect(
          (await service.anonymous.request(method, `/api/auth/sign-in/email-otp?email=${email}&otp=${code}`)).status,
        ).toBe(404);
      expect((await give(service, email, code)).status).toBe(200);
    }));

  test("A5: is refused after three wrong ones, after ten minutes, and for another address", () =>
    inSandbox(async (service) => {
      const [{ email }, other] = [await service.signUp(), await service.signUp()];
      const first = await mailedCode(service, email);
      expect((await give(service, other.email, first)).status).toBe(400);
      for (let n = 0; n < 3; n++) expect((await give(service, email, another(first))).status).toBe(400);
      expect((await give(service, email, first)).status).toBe(403);
      const second = await mailedCode(service, email);
      try {
        setSystemTime(new Date(Date.now() + 10 * 60_000 + 1_000));
        expect((await give(service, email, second)).status).toBe(400);
      } finally {
        setSystemTime();
      }
    }));

  test("makes an account whose address is verified, where there is none", () =>
    inSandbox(async (service) => {
      const email = "new@example.com";
      expect((await give(service, email, await mailedCode(service, email))).status).toBe(200);
      const [row] = await service.database.db.select().from(user).where(eq(user.email, email));
      expect(row?.emailVerified).toBe(true);
    }));

  test("E3: takes the password and the sessions of whoever registered the address without having its mailbox", () =>
    inSandbox(async (service) => {
      const squatter = await service.signUp();
      const { email, userId } = squatter;
      await service.database.db.update(user).set({ emailVerified: false }).where(eq(user.id, userId));
      expect((await give(service, email, await mailedCode(service, email))).status).toBe(200);
      expect((await squatter.get("/v1/verify")).status).toBe(401);
      expect((await service.anonymous.post("/api/auth/sign-in/email", { email, password })).status).toBe(401);
      expect(await service.database.db.select().from(account).where(eq(account.userId, userId))).toEqual([]);
    }));

  test("asks for the second factor of whoever has one", () =>
    inSandbox(async (service) => {
      const { who } = await enrolled(service);
      const answer = await give(service, who.email, await mailedCode(service, who.email));
      expect(answer.body).toEqual({ twoFactorRedirect: true, twoFactorMethods: ["totp"] });
    }));

  test("is for signing in and for nothing else", () =>
    inSandbox(async (service) => {
      const { email } = await service.signUp();
      for (const type of ["email-verification", "forget-password", "change-email", undefined])
        expect(
          (await service.anonymous.post("/api/auth/email-otp/send-verification-otp", { email, type })).status,
        ).toBe(400);
      expect(service.mails).toEqual([]);
    }));

  test("is mailed five times an hour to one address, and wrong ones count as failed sign-ins", () =>
    inSandbox(
      async (service) => {
        const { email } = await service.signUp();
        const ask = () =>
          service.anonymous.post("/api/auth/email-otp/send-verification-otp", { email, type: "sign-in" });
        for (let n = 0; n < 5; n++) expect((await ask()).status).toBe(200);
        expect((await ask()).status).toBe(429);
        for (let n = 0; n < 10; n++) expect([400, 403]).toContain((await give(service, email, "000000")).status);
        expect((await give(service, email, "000000")).status).toBe(429);
      },
      { env: { RATE_LIMIT: "on" } },
    ));

  test("is neither sent nor taken where the setting is off, and clients are told so", () =>
    inSandbox(
      async (service) => {
        const { email } = await service.signUp();
        const sent = await service.anonymous.post("/api/auth/email-otp/send-verification-otp", {
          email,
          type: "sign-in",
        });
        expect([sent.status, (await give(service, email, "000000")).status]).toEqual([404, 404]);
        expect((await service.anonymous.get("/v1/settings")).body).toMatchObject({ signIn: { emailCode: false } });
      },
      { env: { EMAIL_CODE: "off" } },
    ));
});
