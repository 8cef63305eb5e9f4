import { afterEach, describe, expect, setSystemTime, test } from "bun:test";
import { createServiceKey } from "../../src/directory/service-keys.ts";
import type { Actor } from "../harness/actor.ts";
import { type Answer, tally } from "../harness/answer.ts";
import { inSandbox, openService, passwords as plain, type Service } from "../harness/app.ts";
import { freshDatabase } from "../harness/database.ts";
import { until } from "../harness/time.ts";

const password = "correct horse battery";

/** The service with its limits on. Nobody's counts outlast the test. */
const limited = (run: (service: Service) => Promise<void>, env: Record<string, string> = {}) =>
  inSandbox(run, { env: { RATE_LIMIT: "on", TRUSTED_PROXIES: "10.0.0.1", ...env } });

/** Moves the time of the whole process, which the stores look at too. */
const later = (ms: number) => setSystemTime(new Date(Date.now() + ms));
afterEach(() => void setSystemTime());

type From = { address?: string; headers?: Record<string, string>; path?: string; method?: string };

const post = ({ anonymous }: Service, path: string, body: object, { address, headers, method = "POST" }: From = {}) =>
  anonymous.request(method, path, {
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
    ...(address === undefined ? {} : { address }),
  });

const signIn = (service: Service, email: string, word: string, from: From = {}) =>
  post(service, from.path ?? "/api/auth/sign-in/email", { email, password: word }, from);

const forged = { authorization: `Bearer ${"A".repeat(32)}.${"B".repeat(43)}=` };

async function statuses(times: number, ask: (n: number) => Promise<Answer>): Promise<number[]> {
  const found = [];
  for (let n = 0; n < times; n++) found.push((await ask(n)).status);
  return found;
}

function expectRefusal({ status, headers }: Answer, limit: number, seconds: number): void {
  expect(status).toBe(429);
  expect(headers.get("ratelimit-limit")).toBe(String(limit));
  expect(headers.get("ratelimit-remaining")).toBe("0");
  for (const name of ["retry-after", "ratelimit-reset"]) {
    expect(Number(headers.get(name))).toBeGreaterThan(seconds - 10);
    expect(Number(headers.get(name))).toBeLessThanOrEqual(seconds);
  }
}

describe("credentials that are no good", () => {
  test("429 for a flood of them from one address, on whatever route; 200 for a good one from the same", () =>
    limited(async (service) => {
      const { anonymous } = service;
      const somebody = await service.signUp();
      const paths = ["/v1/me", "/v1/verify", "/v1/orgs/acme/projects", "/v1/verify?permission=project:read"];
      const found = await statuses(120, (n) => anonymous.get(paths[n % 4] ?? "", forged));
      expect(tally(found)).toEqual({ 401: 100, 429: 20 });
      expect(found.indexOf(429)).toBe(100);
      const refused = await anonymous.get("/v1/verify", forged);
      expectRefusal(refused, 100, 60);
      expect(refused.headers.get("content-type")).toBe("application/problem+json");
      expect(refused.body).toMatchObject({ status: 429, code: "rate_limited" });
      expect(refused.headers.get("www-authenticate")).toBeNull();
      for (const path of ["/v1/me", "/v1/verify"]) expect((await somebody.get(path)).status).toBe(200);
      expect((await anonymous.get("/v1/me")).status).toBe(401);
      later(61_000);
      expect((await anonymous.get("/v1/verify", forged)).status).toBe(401);
    }));

  test("429 counts cookies, Bearer tokens and API keys alike", () =>
    limited(async ({ anonymous }) => {
      const kinds: Record<string, string>[] = [
        { cookie: "better-auth.session_token=forged" },
        { authorization: "Bearer gh_forged" },
        { authorization: "Basic Zm9yZ2Vk" },
        { "x-api-key": "gh_forged" },
      ];
      const found = await statuses(104, (n) => anonymous.get("/v1/verify", kinds[n % 4]));
      expect(tally(found)).toEqual({ 401: 100, 429: 4 });
    }));

  test("401 and never 429 for a session that has ended, and for no credential: they guess nothing", () =>
    limited(async (service) => {
      const somebody = await service.signUp();
      await somebody.post("/api/auth/sign-out", {});
      expect(tally(await statuses(105, () => somebody.get("/v1/verify")))).toEqual({ 401: 105 });
      expect(tally(await statuses(105, () => service.anonymous.get("/v1/me")))).toEqual({ 401: 105 });
    }));

  test("429 whatever a stranger says of their address", () =>
    limited(async ({ anonymous }) => {
      const said = (n: number): Record<string, string> => ({
        ...forged,
        "x-forwarded-for": [`203.0.113.${n}`, `203.0.113.${n}, 10.0.0.1`, "junk", "", "10.0.0.1"][n % 5] ?? "",
        "x-real-ip": `203.0.113.${n}`,
        forwarded: `for=203.0.113.${n}`,
        "cf-connecting-ip": `203.0.113.${n}`,
        "x-gatehouse-client-address": `203.0.113.${n}`,
      });
      expect(tally(await statuses(110, (n) => anonymous.get("/v1/verify", said(n))))).toEqual({ 401: 100, 429: 10 });
    }));

  test("401 for each address behind a trusted proxy, 429 for the one that floods", () =>
    limited(async ({ anonymous }) => {
      const behind = (client: string) =>
        anonymous.request("GET", "/v1/verify", {
          headers: { ...forged, "x-forwarded-for": `1.2.3.4, ${client}` },
          address: "::ffff:10.0.0.1",
        });
      expect(tally(await statuses(101, () => behind("203.0.113.1")))).toEqual({ 401: 100, 429: 1 });
      expect((await behind("::ffff:203.0.113.1")).status).toBe(429);
      expect((await behind("203.0.113.2")).status).toBe(401);
    }));

  test("429 for a /64 of IPv6 addresses together, and for an IPv4 address however it is written", () =>
    limited(async ({ anonymous }) => {
      const from = (address: string) => anonymous.request("GET", "/v1/verify", { headers: forged, address });
      const found = await statuses(101, (n) => from(`2001:db8:0:1:${n.toString(16)}::${n.toString(16)}`));
      expect(tally(found)).toEqual({ 401: 100, 429: 1 });
      expect((await from("2001:db8:0:2::1")).status).toBe(401);
      const written = ["192.0.2.1", "::ffff:192.0.2.1", "::FFFF:c000:0201"];
      expect(tally(await statuses(102, (n) => from(written[n % 3] ?? "")))).toEqual({ 401: 100, 429: 2 });
    }));
});

describe("requests of one caller", () => {
  test("429 for a session beyond RATE_LIMIT_PER_MINUTE, with what is left told on each answer before", () =>
    limited(
      async (service) => {
        const [one, other] = [await service.signUp(), await service.signUp()];
        const left = [];
        for (let n = 0; n < 5; n++) {
          const { status, headers } = await one.get(["/v1/me", "/v1/orgs/nowhere", "/v1/me/sessions"][n % 3] ?? "");
          left.push([status, headers.get("ratelimit-limit"), headers.get("ratelimit-remaining")]);
        }
        expect(left).toEqual([
          [200, "5", "4"],
          [404, "5", "3"],
          [200, "5", "2"],
          [200, "5", "1"],
          [404, "5", "0"],
        ]);
        const refused = await one.request("GET", "/v1/me", { address: "203.0.113.9" });
        expectRefusal(refused, 5, 60);
        expect(refused.body).toMatchObject({ status: 429, code: "rate_limited" });
        expect((await other.get("/v1/me")).status).toBe(200);
        expect((await one.get("/v1/verify")).status).toBe(200);
        later(61_000);
        expect((await one.get("/v1/me")).status).toBe(200);
      },
      { RATE_LIMIT_PER_MINUTE: "5" },
    ));

  test("200 any number of times for a service that asks about others; 429 for an organization's key beyond its share", () =>
    limited(
      async (service) => {
        const { id, owner } = await service.organization();
        const keyWith = async (permissions: string[]) => {
          const made = await owner.post(`/v1/orgs/${id}/api-keys`, { name: "Key", permissions });
          return { authorization: `Bearer ${(made.body as { key: string }).key}` };
        };
        const ordinary = await keyWith(["project:read"]);
        const found = await statuses(5, () => service.anonymous.get("/v1/orgs/current/projects", ordinary));
        expect(found).toEqual([200, 200, 200, 429, 429]);
        const { key } = await createServiceKey(service.deps, {
          name: "Service",
          organizationId: id,
          permissions: ["token:introspect"],
        });
        const asks = () =>
          service.anonymous.post("/v1/introspect", { token: "gh_other" }, { authorization: `Bearer ${key}` });
        expect(tally(await statuses(8, asks))).toEqual({ 200: 8 });
      },
      { RATE_LIMIT_PER_MINUTE: "3" },
    ));

  test("429 by the caller, not by how a path is written", () =>
    limited(
      async (service) => {
        const one = await service.signUp();
        const written = ["/v1/me", "/v1/m%65", "/v1/me?x=1", "/v1/me#y"];
        expect(tally(await statuses(4, (n) => one.get(written[n] ?? "")))).toEqual({ 200: 4 });
        for (const path of [...written, "/v1/orgs/x/projects"])
          expect({ path, status: (await one.get(path)).status }).toEqual({ path, status: 429 });
        expect((await one.request("HEAD", "/v1/me")).status).toBe(429);
        expect((await one.post("/v1/me", {}, { "x-http-method-override": "GET" })).status).not.toBe(200);
        for (const path of ["/v1/me/", "/v1//me", "/V1/me", "/v1/me;x"])
          expect({ path, status: (await one.get(path)).status }).toEqual({ path, status: 404 });
      },
      { RATE_LIMIT_PER_MINUTE: "4" },
    ));
});

describe("verification of a good credential", () => {
  test("asks the limiter nothing, from the cache or not", async () => {
    await using fresh = await freshDatabase();
    const service = await openService({ database: fresh.database, env: { RATE_LIMIT: "on" } });
    try {
      const { limiter, verifier } = service.deps;
      const somebody = await service.signUp();
      let asked = 0;
      const count = limiter.count.bind(limiter);
      limiter.count = (rule, key) => (asked++, count(rule, key));
      await until(() => verifier.trusted());
      for (let n = 0; n < 5; n++) expect((await somebody.get("/v1/verify")).status).toBe(200);
      expect(verifier.size()).toBeGreaterThan(0);
      expect(asked).toBe(0);
      expect((await service.anonymous.get("/v1/verify", forged)).status).toBe(401);
      expect(asked).toBe(1);
    } finally {
      await service.deps.close();
    }
  });
});

describe("sign-in", () => {
  const inWords = { message: "Too many requests. Please try again later.", code: "RATE_LIMITED" };

  test("429 after ten failures for an account from an address; from another address its owner gets in", () =>
    limited(async (service) => {
      const { email } = await service.signUp();
      const found = await statuses(100, (n) => {
        if (n % 15 === 14) later(10_000);
        return signIn(service, n % 2 ? email : email.toUpperCase(), `guess ${n}`, { address: "203.0.113.1" });
      });
      expect(tally(found)).toEqual({ 401: 10, 429: 90 });
      const refused = await signIn(service, email, password, { address: "203.0.113.1" });
      expectRefusal(refused, 10, 840);
      expect(refused.body).toEqual(inWords);
      expect(refused.headers.get("x-retry-after")).toBe(refused.headers.get("retry-after"));
      expect((await signIn(service, email, password, { address: "203.0.113.2" })).status).toBe(200);
      later(15 * 60_000);
      expect((await signIn(service, email, password, { address: "203.0.113.1" })).status).toBe(200);
    }));

  test("429 for guesses that come all at once: ten are looked at, however many come", () =>
    limited(async (service) => {
      const { email } = await service.signUp();
      const address = "203.0.113.1";
      const all = Array.from({ length: 50 }, (_, n) => signIn(service, email, `guess ${n}`, { address }));
      expect(tally((await Promise.all(all)).map(({ status }) => status))).toEqual({ 401: 10, 429: 40 });
    }));

  test("200 any number of times: what succeeds isn't counted, and ends the count of what failed", () =>
    limited(async (service) => {
      const { email } = await service.signUp();
      for (let round = 0; round < 4; round++) {
        expect(tally(await statuses(9, (n) => signIn(service, email, `guess ${n}`)))).toEqual({ 401: 9 });
        expect(tally(await statuses(5, () => signIn(service, email, password)))).toEqual({ 200: 5 });
        later(10_000);
      }
    }));

  test("the same answers, byte for byte, for an account that isn't there", () =>
    limited(async (service) => {
      const { email } = await service.signUp();
      const seen = async (name: string, address: string) => {
        const found = [];
        for (let n = 0; n < 14; n++) {
          const { status, text, headers } = await signIn(service, name, `guess ${n}`, { address });
          const told = [...headers].filter(([header]) => !/^(date|x-request-id|.*reset|.*retry-after)$/.test(header));
          found.push({ status, text, told });
        }
        return found;
      };
      const known = await seen(email, "203.0.113.1");
      expect(known.at(-1)?.status).toBe(429);
      expect(await seen("nobody@example.com", "203.0.113.2")).toEqual(known);
      const paths = ["/api/auth/request-password-reset", "/api/auth/send-verification-email"];
      for (const [at, path] of paths.entries()) {
        const asked = async (name: string, by: number) => {
          const ask = (n: number) => post(service, path, { email: name }, { address: `198.51.${by}.${n}` });
          return tally((await Promise.all([1, 2, 3, 4, 5, 6, 7].map(ask))).map(({ status }) => status));
        };
        expect(await asked(email, at * 2)).toEqual({ 200: 5, 429: 2 });
        expect(await asked("nobody@example.com", at * 2 + 1)).toEqual({ 200: 5, 429: 2 });
      }
    }));

  test("429 for one password tried on many accounts from one address", () =>
    limited(async (service) => {
      const found = await statuses(110, (n) => {
        if (n % 15 === 14) later(10_000);
        return signIn(service, `user-${n}@example.com`, password, { address: `2001:db8::${n.toString(16)}` });
      });
      expect(tally(found)).toEqual({ 401: 100, 429: 10 });
      expect((await signIn(service, "user-1@example.com", password, { address: "2001:db9::1" })).status).toBe(401);
    }));

  test("429 by the address counts nothing against the accounts that it names", () =>
    limited(async (service) => {
      const { email } = await service.signUp();
      const address = "203.0.113.1";
      await statuses(100, (n) => {
        if (n % 15 === 14) later(10_000);
        return signIn(service, `user-${n}@example.com`, password, { address });
      });
      later(13 * 60_000);
      expect(tally(await statuses(12, () => signIn(service, email, "guess", { address })))).toEqual({ 429: 12 });
      later(2 * 60_000);
      expect((await signIn(service, email, password, { address })).status).toBe(200);
    }));

  test("A7: many addresses that guess at one account are slowed; neither its owner's own nor a new one is kept out", () =>
    limited(async (service) => {
      const { email } = await service.signUp();
      const own = "192.0.2.1";
      expect((await signIn(service, email, password, { address: own })).status).toBe(200);
      const guessed = await statuses(100, (n) =>
        signIn(service, email, `guess ${n}`, { address: `203.0.113.${n % 50}` }),
      );
      expect(tally(guessed)).toEqual({ 401: 100 });
      const stranger = { address: "198.51.100.1" };
      const slowed = await statuses(5, (n) => signIn(service, email, `guess ${n}`, stranger));
      expect(tally(slowed)).toEqual({ 401: 2, 429: 3 });
      expect(tally(await statuses(5, (n) => signIn(service, email, `typo ${n}`, { address: own })))).toEqual({
        401: 5,
      });
      expect((await signIn(service, email, password, { address: own })).status).toBe(200);
      expect((await signIn(service, email, password, { address: "192.0.2.99" })).status).toBe(200);
    }));

  test("a way past the count isn't found by writing the path, the body or the method otherwise", () =>
    limited(async (service) => {
      const { email } = await service.signUp();
      await statuses(10, () => signIn(service, email, "guess"));
      const path = "/api/auth/sign-in/email";
      for (const written of [
        `${path}/`,
        "/api/auth//sign-in/email",
        "/api/auth/sign-in/Email",
        "/api/auth/sign%2din/email",
        "/api/auth/sign-in%2femail",
        `${path};x`,
        "/API/auth/sign-in/email",
        "/api/auth/sign-in/email%20",
      ]) {
        later(10_000);
        expect({ written, status: (await signIn(service, email, password, { path: written })).status }).toEqual({
          written,
          status: 404,
        });
      }
      for (const written of [`${path}?x`, `${path}#x`, "/api/auth/./sign-in/email", "/api/auth/x/../sign-in/email"])
        expect({ written, status: (await signIn(service, email, password, { path: written })).status }).toEqual({
          written,
          status: 429,
        });
      for (const method of ["PUT", "PATCH", "DELETE"]) {
        const headers = { "x-http-method-override": "POST" };
        expect((await signIn(service, email, password, { method, headers })).status).toBe(404);
      }
      const send = (type: string, body: string) =>
        service.anonymous.request("POST", path, { body, headers: { "content-type": type } });
      const form = new URLSearchParams([
        ["email", "other@example.com"],
        ["email", email],
        ["password", password],
      ]);
      expect((await send("application/x-www-form-urlencoded", form.toString())).status).toBe(429);
      expect((await send("application/json", `{"email":"x","email":"${email}","password":"${password}"}`)).status).toBe(
        429,
      );
      expect(
        (await send("application/JSON; charset=utf-8", `{"\\u0065mail":"${email}","password":"${password}"}`)).status,
      ).toBe(429);
    }));
});

describe("mail", () => {
  const reset = (service: Service, email: string, address: string) =>
    post(service, "/api/auth/request-password-reset", { email }, { address });

  test("429 for the sixth password reset of a recipient in an hour, from wherever it is asked for", () =>
    limited(async (service) => {
      const { email } = await service.signUp();
      service.mails.length = 0;
      const found = await statuses(8, (n) =>
        reset(service, n % 2 ? email : ` ${email.toUpperCase()}`.trim(), `203.0.113.${n}`),
      );
      expect(tally(found)).toEqual({ 200: 5, 429: 3 });
      expect(service.mails.length).toBe(5);
      expectRefusal(await reset(service, email, "198.51.100.1"), 5, 3600);
      expect((await reset(service, "somebody-else@example.com", "198.51.100.2")).status).toBe(200);
      later(3600_000);
      expect((await reset(service, email, "203.0.113.1")).status).toBe(200);
    }));

  test("429 for a verification mail too many", () =>
    limited(async (service) => {
      const { email } = await service.signUp();
      const ask = (n: number) =>
        post(service, "/api/auth/send-verification-email", { email }, { address: `203.0.113.${n}` });
      // All at once: better-auth takes half a second for each, so that its time tells nothing.
      const answers = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(ask));
      expect(tally(answers.map(({ status }) => status))).toEqual({ 200: 5, 429: 2 });
      expect(service.mails.filter(({ to }) => to === email).length).toBe(5);
    }));

  test("429 for an invitation too many to one recipient, over organizations and both ways to invite", () =>
    limited(async (service) => {
      const { owner } = await service.organization();
      service.mails.length = 0;
      const email = "invited@example.com";
      const ours = (actor: Actor) => actor.post("/v1/orgs/current/invitations", { email, role: "member" });
      const theirs = (actor: Actor) =>
        actor.post("/api/auth/organization/invite-member", { email, role: "member", resend: true });
      const first = await ours(owner);
      expect(first.status).toBe(201);
      expect(tally(await statuses(20, () => ours(owner)))).toEqual({ 409: 20 });
      const { id } = first.body as { id: string };
      const resend = () => owner.post(`/v1/orgs/current/invitations/${id}/resend`);
      expect(tally(await statuses(4, resend))).toEqual({ 200: 4 });
      expect(tally(await statuses(5, () => theirs(owner)))).toEqual({ 200: 5 });
      expect(service.mails.length).toBe(10);
      for (const refused of [await ours(owner), await resend()]) {
        expectRefusal(refused, 10, 3600);
        expect(refused.body).toMatchObject({ code: "rate_limited" });
      }
      const refused = await theirs(owner);
      expectRefusal(refused, 10, 3600);
      expect(refused.body).toMatchObject({ code: "RATE_LIMITED" });
      const other = { email: "another@example.com", role: "member" };
      expect((await owner.post("/v1/orgs/current/invitations", other)).status).toBe(201);
    }));
});

describe("better-auth's own limits", () => {
  test("429 with both headers and a code, by the same address as everywhere", () =>
    limited(async (service) => {
      const ask = (n: number) =>
        post(
          service,
          "/api/auth/sign-up/email",
          { email: `user-${n}@example.com`, name: "Somebody", password },
          { address: `2001:db8::${n}`, headers: { "x-forwarded-for": `203.0.113.${n}` } },
        );
      expect(await statuses(3, ask)).toEqual([200, 200, 200]);
      const refused = await ask(4);
      expectRefusal(refused, 3, 10);
      expect(refused.headers.get("x-retry-after")).toBe(refused.headers.get("retry-after"));
      expect(refused.body).toEqual({ message: "Too many requests. Please try again later.", code: "RATE_LIMITED" });
      later(10_000);
      expect((await ask(5)).status).toBe(200);
    }));

  const signUp = (service: Service, form: object) => post(service, "/api/auth/sign-up/email", form);
  const good = (n: number) => ({ email: `mistyping-${n}@example.com`, name: "Somebody", password });
  const wrong = [{ password: "short" }, { email: "no address" }, { name: 7 }, { password: "x".repeat(129) }];

  test("sign-ups that are filled in wrongly don't count, and cost no hash; those for a taken address do", () => {
    let hashed = 0;
    const hash = async (text: string) => {
      hashed++;
      return plain.hash(text);
    };
    return inSandbox(
      async (service) => {
        setSystemTime(new Date());
        const mistyped = await statuses(12, (n) => signUp(service, { ...good(0), ...wrong[n % 4] }));
        expect(tally(mistyped)).toEqual({ 400: 12 });
        expect(hashed).toBe(0);
        expect((await signUp(service, good(0))).status).toBe(200);
        expect(await statuses(2, () => signUp(service, good(0)))).toEqual([422, 422]);
        expectRefusal(await signUp(service, good(1)), 3, 10);
        expectRefusal(await signUp(service, { ...good(1), password: "short" }), 3, 10);
      },
      { env: { RATE_LIMIT: "on" }, passwords: { ...plain, hash } },
    );
  });

  test("429 for a flood of sign-ups that are filled in wrongly, apart from the limit of good ones", () =>
    limited(async (service) => {
      setSystemTime(new Date());
      const found = await statuses(62, () => signUp(service, { ...good(0), password: "short" }));
      expect(tally(found)).toEqual({ 400: 60, 429: 2 });
      expect(found.indexOf(429)).toBe(60);
      expect((await signUp(service, good(0))).status).toBe(200);
    }));

  test("429 for paths that aren't there and for guessed tokens in a path, all together", () =>
    limited(async ({ anonymous }) => {
      const ask = (n: number) =>
        anonymous.get(n % 2 ? `/api/auth/reset-password/${n}?callbackURL=/` : `/api/auth/no-such-path-${n}`);
      const found = await statuses(110, ask);
      expect(found.slice(0, 100)).not.toContain(429);
      expect(new Set(found.slice(100))).toEqual(new Set([429]));
    }));
});

test("RATE_LIMIT=off lifts them all", () =>
  inSandbox(
    async (service) => {
      const { email, get } = await service.signUp();
      const found = [
        ...(await statuses(120, () => service.anonymous.get("/v1/verify", forged))),
        ...(await statuses(30, () => signIn(service, email, "guess"))),
        ...(await statuses(10, () => post(service, "/api/auth/request-password-reset", { email }))),
        ...(await statuses(5, () => get("/v1/me"))),
      ];
      expect(tally(found)).toEqual({ 401: 150, 200: 15 });
      expect((await get("/v1/me")).headers.get("ratelimit-limit")).toBeNull();
    },
    { env: { RATE_LIMIT: "off", RATE_LIMIT_PER_MINUTE: "1" } },
  ));
