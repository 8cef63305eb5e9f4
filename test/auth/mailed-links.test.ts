import { describe, expect, setSystemTime, test } from "bun:test";
import { eq } from "drizzle-orm";
import { storedIdentifiers } from "../../src/auth/store/mailed-links.ts";
import { user, verification } from "../../src/schema.ts";
import { problemOf } from "../harness/answer.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { ask, follow, links, newAddress } from "../harness/mailed-links.ts";
import { mailedLink, mailedSecret } from "../harness/mails.ts";
import { password } from "../harness/people.ts";
import { sqlOf } from "../harness/sql.ts";
import { enrolled } from "../harness/two-factor.ts";

const codeIn = ({ mails }: Service, email: string): string =>
  /^\d{6}$/m.exec(mails.findLast(({ to }) => to === email)?.text ?? "")?.[0] ?? "";

describe.each(Object.keys(links))("a mailed link %s", (name) => {
  const prepare = links[name]!;

  test("has its secret in the fragment of a page of the service, and no GET or HEAD spends it", () =>
    inSandbox(async (service) => {
      const { to, use } = await prepare(service);
      const link = mailedLink(service, to);
      expect(link.href).toStartWith(`${service.deps.config.server.baseUrl}/auth/`);
      const secret = link.hash.slice(1);
      expect(secret.length).toBeGreaterThan(20);
      expect(link.pathname + link.search).not.toContain(secret);
      const routes = ["magic-link/verify", "verify-email", "delete-user/callback", "sign-up/invited", "change-email"];
      for (const method of ["GET", "HEAD"]) {
        await service.anonymous.request(method, link.pathname);
        for (const route of [...routes, `reset-password/${secret}`, "reset-password"])
          expect(
            (await service.anonymous.request(method, `/api/auth/${route}?token=${secret}&callbackURL=/`)).status,
          ).toBe(404);
      }
      expect((await use(secret)).status).toBe(200);
    }));

  test("A6: works once: of fifty at once exactly one passes, and none after", () =>
    inSandbox(async (service) => {
      const { to, use } = await prepare(service);
      const secret = mailedSecret(service, to);
      const statuses = (await Promise.all(Array.from({ length: 50 }, () => use(secret)))).map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      for (const status of statuses) expect([200, 400, 422]).toContain(status);
      expect([400, 422]).toContain((await use(secret)).status);
    }));

  test("can't be made of what the database holds", () =>
    inSandbox(async (service) => {
      const { to, use } = await prepare(service);
      const secret = mailedSecret(service, to);
      const rows = await service.database.db.select().from(verification);
      expect(JSON.stringify(rows)).not.toContain(secret);
      for (const { identifier, value } of rows)
        for (const guess of [identifier, identifier.split(":").at(-1) ?? "", value])
          expect((await use(guess)).status).toBe(400);
      expect((await use(secret)).status).toBe(200);
    }));
});

test("a stored form never begins like what better-auth looks for, which it would also find as it is", async () => {
  for (const [prefix, { hash }] of Object.entries(storedIdentifiers.overrides))
    expect(await hash(`${prefix}a-token`)).not.toStartWith(prefix);
});

describe("a mail to sign in", () => {
  test("A6: has a link and a code that are one: of fifty of both at once exactly one passes", () =>
    inSandbox(async (service) => {
      const { email } = await service.signUp();
      for (const path of ["/api/auth/sign-in/magic-link", "/api/auth/email-otp/send-verification-otp"]) {
        await service.anonymous.post(path, { email, type: "sign-in" });
        const [token, otp] = [mailedSecret(service, email), codeIn(service, email)];
        const answers = Array.from({ length: 50 }, (_, n) =>
          n % 2
            ? follow(service.anonymous, token)
            : service.anonymous.post("/api/auth/sign-in/email-otp", { email, otp }),
        );
        expect((await Promise.all(answers)).filter(({ status }) => status === 200)).toHaveLength(1);
      }
    }));

  test("makes an account where there is none, with the name that was given", () =>
    inSandbox(async (service) => {
      const email = newAddress();
      expect((await ask(service, email, { name: "Ada" })).body).toEqual({ status: true });
      const { body, headers } = await follow(service.anonymous, mailedSecret(service, email));
      expect(body).toMatchObject({ user: { email, name: "Ada", emailVerified: true } });
      expect(headers.getSetCookie().join()).toContain("session_token=");
    }));

  test("asks for the second factor of whoever has one, by its link too", () =>
    inSandbox(async (service) => {
      const { who } = await enrolled(service);
      await ask(service, who.email);
      const { body } = await follow(service.anonymous, mailedSecret(service, who.email));
      expect(body).toEqual({ twoFactorRedirect: true, twoFactorMethods: ["totp"] });
    }));

  test("400 for its link after ten minutes, and for the link of an earlier mail, which costs the later one nothing", () =>
    inSandbox(async (service) => {
      const { email } = await service.signUp();
      await ask(service, email);
      const first = mailedSecret(service, email);
      await ask(service, email);
      for (let n = 0; n < 5; n++) expect((await follow(service.anonymous, first)).status).toBe(400);
      expect((await follow(service.anonymous, mailedSecret(service, email))).status).toBe(200);
      await ask(service, email);
      try {
        setSystemTime(new Date(Date.now() + 10 * 60_000 + 1_000));
        expect((await follow(service.anonymous, mailedSecret(service, email))).status).toBe(400);
      } finally {
        setSystemTime();
      }
    }));

  test("leads on to trusted origins only", () =>
    inSandbox(async (service) => {
      const { email } = await service.signUp();
      const callbackURL = "https://spa.example/welcome";
      expect((await ask(service, email, { callbackURL })).status).toBe(200);
      expect(mailedLink(service, email).searchParams.get("return_to")).toBe(callbackURL);
      const mailed = service.mails.length;
      expect((await ask(service, email, { callbackURL: "https://evil.example/" })).status).toBe(403);
      expect(service.mails).toHaveLength(mailed);
    }));

  test("404 where the setting is off", () =>
    inSandbox(
      async (service) => {
        expect((await ask(service, "somebody@example.com")).status).toBe(404);
        expect((await follow(service.anonymous, "x".repeat(43))).status).toBe(404);
      },
      { env: { EMAIL_CODE: "off" } },
    ));
});

describe("a change of the address", () => {
  test("E11: asks the old mailbox where it is verified, then the new one, and then holds", () =>
    inSandbox(async (service) => {
      const who = await service.signUp({ verified: true });
      const newEmail = newAddress();
      expect((await who.post("/api/auth/change-email", { newEmail, callbackURL: "/account" })).status).toBe(200);
      const stored = async () =>
        (await sqlOf(service)(`select email, email_verified from "user" where id = $1`, who.userId))[0];
      for (const to of [who.email, newEmail]) {
        expect(await stored()).toEqual({ email: who.email, email_verified: true });
        const link = mailedLink(service, to);
        expect([link.pathname, link.searchParams.get("return_to")]).toEqual(["/auth/change-email", "/account"]);
        const token = link.hash.slice(1);
        expect(problemOf(await service.anonymous.post("/api/auth/verify-email", { token }))).toEqual([
          401,
          "SIGN_IN_TO_VERIFY",
        ]);
        expect((await who.post("/api/auth/verify-email", { token })).status).toBe(200);
      }
      expect(await stored()).toEqual({ email: newEmail, email_verified: true });
    }));

  test("is answered in the same way for an address that somebody has, which gets no mail", () =>
    inSandbox(async (service) => {
      const [who, other] = [await service.signUp({ verified: true }), await service.signUp()];
      const answers = await Promise.all(
        [newAddress(), other.email].map((newEmail) => who.post("/api/auth/change-email", { newEmail })),
      );
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      expect(service.mails.filter(({ to }) => to === other.email)).toEqual([]);
    }));
});

describe("an invitation's mail", () => {
  const invited = async (service: Service, email = newAddress()) => {
    const { owner, id } = await service.organization();
    const { body } = await owner.post(`/v1/orgs/${id}/invitations`, { email });
    const invitationId = (body as { id: string }).id;
    const secret = mailedSecret(service, email);
    return { owner, organizationId: id, form: { invitationId, secret, email, name: "Guest", password } };
  };
  const signUp = ({ anonymous }: Service, form: object) => anonymous.post("/api/auth/sign-up/invited", form);

  test("signs up with the invited address, verified and signed in, by better-auth's route too", () =>
    inSandbox(async (service) => {
      const { owner, organizationId, form } = await invited(service);
      const answer = await signUp(service, form);
      expect(answer.body).toMatchObject({ user: { email: form.email, emailVerified: true } });
      const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
      const path = `/v1/me/invitations/${form.invitationId}/accept`;
      expect((await service.anonymous.post(path, {}, { cookie })).status).toBe(200);
      const email = newAddress();
      const body = { email, role: "member", organizationId };
      const sent = await owner.post("/api/auth/organization/invite-member", body);
      const { id: invitationId } = sent.body as { id: string };
      const secret = mailedSecret(service, email);
      expect((await signUp(service, { ...form, invitationId, secret, email })).status).toBe(200);
    }));

  test("400 for another's secret, another address, and an invitation that is closed or was sent again", () =>
    inSandbox(async (service) => {
      const { owner, organizationId, form } = await invited(service);
      const { form: others } = await invited(service);
      const wrong = [
        { secret: others.secret },
        { email: newAddress() },
        { invitationId: others.invitationId },
        { secret: "x" },
      ];
      for (const change of wrong)
        expect(problemOf(await signUp(service, { ...form, ...change }))).toEqual([400, "INVITATION_NOT_FOUND"]);
      const path = `/v1/orgs/${organizationId}/invitations/${form.invitationId}`;
      service.clock.advance(1_000);
      expect((await owner.post(`${path}/resend`, {})).status).toBe(200);
      expect((await signUp(service, form)).status).toBe(400);
      const secret = mailedSecret(service, form.email);
      expect((await owner.delete(path)).status).toBe(204);
      expect((await signUp(service, { ...form, secret })).status).toBe(400);
      expect(await service.database.db.$count(user, eq(user.email, form.email))).toBe(0);
    }));

  test("422 for an address that has an account, which isn't touched", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const { form } = await invited(service, who.email);
      expect(problemOf(await signUp(service, { ...form, password: "another password" }))).toEqual([
        422,
        "USER_ALREADY_EXISTS",
      ]);
      expect((await service.anonymous.post("/api/auth/sign-in/email", { email: who.email, password })).status).toBe(
        200,
      );
    }));
});
