import { describe, expect, test } from "bun:test";
import { parseConfig } from "../../src/config/index.ts";
import { inSandbox, type Service } from "../harness/app.ts";

const https = { BASE_URL: "https://auth.example.com" };
const account = { email: "ada@example.com", password: "correct horse battery", name: "Ada" };

const signUp = async ({ anonymous }: Service) =>
  (await anonymous.post("/api/auth/sign-up/email", account)).headers.getSetCookie()[0] ?? "";

const sending = (cookie: string) => ({ cookie: cookie.split(";")[0] ?? "" });

describe("COOKIE_DOMAIN", () => {
  test("sends the session's cookie to sibling hosts, and verification takes it", () =>
    inSandbox(
      async (service) => {
        const cookie = await signUp(service);
        expect(cookie).toMatch(/^__Secure-better-auth\.session_token=/);
        const attributes = cookie.split("; ");
        for (const wanted of ["Domain=example.com", "Secure", "HttpOnly", "SameSite=Lax"])
          expect(attributes).toContain(wanted);
        expect((await service.anonymous.get("/v1/verify", sending(cookie))).status).toBe(200);
        const out = await service.anonymous.post("/api/auth/sign-out", {}, sending(cookie));
        expect(out.headers.getSetCookie()[0]).toContain("Domain=example.com");
      },
      { env: { ...https, COOKIE_DOMAIN: "example.com" } },
    ));

  test("unset, keeps the cookie to the service's own host", () =>
    inSandbox(async (service) => expect(await signUp(service)).not.toContain("Domain="), { env: https }));
});

test("S4: COOKIE_PREFIX=host names the cookie __Host-, as browsers demand it, and no other name is taken", () =>
  inSandbox(
    async (service) => {
      const cookie = await signUp(service);
      expect(cookie).toMatch(/^__Host-better-auth\.session_token=/);
      expect(cookie.split("; ")).toContain("Path=/");
      expect(cookie.split("; ")).toContain("Secure");
      expect(cookie).not.toContain("Domain=");
      const { anonymous } = service;
      const session = async (headers: Record<string, string>) =>
        (await anonymous.get("/api/auth/get-session", headers)).body;
      expect((await anonymous.get("/v1/verify", sending(cookie))).status).toBe(200);
      expect(await session(sending(cookie))).toMatchObject({ user: { name: "Ada" } });
      const renamed = sending(cookie.replace("__Host-", "__Secure-"));
      expect((await anonymous.get("/v1/verify", renamed)).status).toBe(401);
      expect(await session(renamed)).toBeNull();
    },
    { env: { ...https, COOKIE_PREFIX: "host" } },
  ));

test.each([
  ["a domain that isn't the service's", { ...https, COOKIE_DOMAIN: "example.org" }, "COOKIE_DOMAIN"],
  [
    "a domain that only ends alike",
    { BASE_URL: "https://notparent.test", COOKIE_DOMAIN: "parent.test" },
    "COOKIE_DOMAIN",
  ],
  ["__Host- on http", { COOKIE_PREFIX: "host" }, "COOKIE_PREFIX"],
  ["__Host- with a domain", { ...https, COOKIE_PREFIX: "host", COOKIE_DOMAIN: "example.com" }, "COOKIE_PREFIX"],
] as const)("the settings refuse %s", (_, env, name) => {
  expect(() => parseConfig(env)).toThrow(name);
});
