import { describe, expect, test } from "bun:test";
import type { Answer } from "../harness/answer.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { mailedLink, mailedSecret } from "../harness/mails.ts";
import { newAddress } from "../harness/mailed-links.ts";
import { password } from "../harness/people.ts";

const strict = { env: { SIGN_UP: "verified", RATE_LIMIT: "on" } };

/** All that a client sees but what differs on every answer: ids, times, and what is left of a limit's window. */
const seen = ({ status, text, headers }: Answer) => ({
  status,
  body: text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replaceAll(/(known|unknown)-<id>@/g, "<somebody>@"),
  headers: [...headers].filter(([name]) => name !== "x-request-id" && name !== "ratelimit-reset"),
});

let last = 0;

/** From an address of its own each time. */
const signUpAs = ({ anonymous }: Service, email: string, fields: object = {}) =>
  anonymous.request("POST", "/api/auth/sign-up/email", {
    body: JSON.stringify({ email, name: "Somebody", password, ...fields }),
    headers: { "content-type": "application/json" },
    address: `192.0.2.${++last}`,
  });

const attempts: Record<string, (service: Service, email: string) => Promise<Answer>> = {
  "a sign-in": ({ anonymous }, email) => anonymous.post("/api/auth/sign-in/email", { email, password: "a wrong one" }),
  "a sign-up": (service, email) => signUpAs(service, email),
  "a sign-up with all fields": (service, email) =>
    signUpAs(service, email, {
      image: "https://example.com/a.png",
      callbackURL: "/",
      rememberMe: false,
      role: "admin",
    }),
  "a reset": ({ anonymous }, email) => anonymous.post("/api/auth/request-password-reset", { email, redirectTo: "/" }),
  "a link": ({ anonymous }, email) => anonymous.post("/api/auth/sign-in/magic-link", { email }),
  "a code": ({ anonymous }, email) =>
    anonymous.post("/api/auth/email-otp/send-verification-otp", { email, type: "sign-in" }),
  "a wrong code": ({ anonymous }, email) => anonymous.post("/api/auth/sign-in/email-otp", { email, otp: "000000" }),
  "a verification": ({ anonymous }, email) => anonymous.post("/api/auth/send-verification-email", { email }),
};

describe("E1: known and unknown addresses get the same status, bytes and headers", () => {
  const both = async (service: Service) => {
    const known = `known-${Bun.randomUUIDv7()}@example.com`;
    await service.signUp({ email: known });
    return [known, `unknown-${Bun.randomUUIDv7()}@example.com`] as const;
  };

  test.each(Object.keys(attempts))("by %s", (name) =>
    inSandbox(async (service) => {
      const [known, unknown] = await both(service);
      const [first, second] = [await attempts[name]!(service, known), await attempts[name]!(service, unknown)];
      expect(seen(first)).toEqual(seen(second));
    }, strict),
  );

  test("by an invitation, in both forms", () =>
    inSandbox(async (service) => {
      const { owner, id } = await service.organization();
      for (const path of [`/v1/orgs/${id}/invitations`, "/api/auth/organization/invite-member"]) {
        const [known, unknown] = await both(service);
        const invite = (email: string) => owner.post(path, { email, role: "member", organizationId: id });
        const [first, second] = [seen(await invite(known)), seen(await invite(unknown))];
        for (const { headers } of [first, second])
          for (const header of headers) if (/remaining|etag|location/.test(header[0])) header[1] = "<own>";
        expect(first).toEqual(second);
      }
    }, strict));

  test("by a sign-in after a sign-up: nobody learns by it whose address was taken", () =>
    inSandbox(async (service) => {
      const [known, unknown] = await both(service);
      const tried = [];
      for (const email of [known, unknown]) {
        await signUpAs(service, email, { password: "my own password" });
        tried.push(await service.anonymous.post("/api/auth/sign-in/email", { email, password: "my own password" }));
      }
      const [first, second] = tried.map(seen);
      expect(first).toEqual(second);
      expect(first?.status).toBe(401);
    }, strict));
});

describe("a sign-up", () => {
  test("with a taken address mails its owner, changes nothing, and is limited like any other mail", () =>
    inSandbox(
      async (service) => {
        const { email } = await service.signUp({ verified: true });
        for (let n = 0; n < 5; n++)
          expect((await signUpAs(service, email, { password: "another one" })).status).toBe(200);
        expect((await signUpAs(service, email)).status).toBe(429);
        expect(service.mails.map(({ to, subject }) => [to, subject])).toEqual(
          Array.from({ length: 5 }, () => [email, "You have an account already"]),
        );
        expect(mailedLink(service, email).pathname).toBe("/auth/sign-in");
        const signIn = (given: string) => service.anonymous.post("/api/auth/sign-in/email", { email, password: given });
        expect([(await signIn(password)).status, (await signIn("another one")).status]).toEqual([200, 401]);
      },
      { env: { SIGN_UP: "verified", RATE_LIMIT: "on" } },
    ));

  test("begins no session before the address is verified; its link and password do both", () =>
    inSandbox(
      async (service) => {
        const email = newAddress();
        const { body, headers } = await signUpAs(service, email);
        expect(body).toMatchObject({ token: null, user: { email, emailVerified: false } });
        expect(headers.getSetCookie()).toEqual([]);
        const token = mailedSecret(service, email);
        const verify = (given?: string) => service.anonymous.post("/api/auth/verify-email", { token, password: given });
        expect([(await verify()).status, (await verify("a wrong one")).status]).toEqual([401, 400]);
        const verified = await verify(password);
        expect(verified.body).toEqual({ status: true });
        const cookie = verified.headers.getSetCookie()[0]?.split(";")[0] ?? "";
        const { body: session } = await service.anonymous.get("/api/auth/get-session", { cookie });
        expect(session).toMatchObject({ user: { email, emailVerified: true } });
        expect((await service.anonymous.post("/api/auth/sign-in/email", { email, password })).status).toBe(200);
      },
      { env: { SIGN_UP: "verified" } },
    ));

  test("signs in at once where a setting says so, and then tells of a taken address", () =>
    inSandbox(async (service) => {
      const email = newAddress();
      expect((await signUpAs(service, email)).headers.getSetCookie().join()).toContain("session_token=");
      expect((await signUpAs(service, email)).status).toBe(422);
    }));
});
