import { describe, expect, test } from "bun:test";
import { connectedFrom } from "../../harness/actor.ts";
import { inSandbox } from "../../harness/app.ts";
import { mailedLink, mailedSecret } from "../../harness/mails.ts";
import { password } from "../../harness/people.ts";
import { operations } from "../../contract/document.ts";
import { sendForm } from "../../web/forms.ts";

// What a page, a cache, a proxy or a log between a person and the service could be made to do.

const base = "http://localhost:3000";

describe("a sign-in that another site sends", () => {
  const site: Record<string, string>[] = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: `${base}.evil.example` },
    { origin: "https://evil.example", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
    { origin: "", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
  ];
  test("S8: 403 without a cookie, as a form or as JSON, at the API and at the page", () =>
    inSandbox(async ({ app, signUp }) => {
      const { email } = await signUp({ verified: true });
      const fields = { email, password };
      for (const { origin, ...headers } of site)
        for (const [path, type] of [
          ["/api/auth/sign-in/email", "application/x-www-form-urlencoded"],
          ["/api/auth/sign-in/email", "application/json"],
          ["/auth/sign-in", "application/x-www-form-urlencoded"],
          ["/auth/sign-in", "text/plain"],
        ] as const) {
          if (origin === "" && type === "application/json") continue;
          const body = type.includes("json") ? JSON.stringify(fields) : new URLSearchParams(fields).toString();
          const request = new Request(base + path, {
            method: "POST",
            headers: { "content-type": type, ...headers, ...(origin ? { origin } : {}) },
            body,
          });
          const response = await app.fetch(request, connectedFrom());
          expect([path, type, origin, response.status]).toEqual([path, type, origin, 403]);
          expect(response.headers.getSetCookie().join()).not.toContain("session_token");
        }
    }));
});

describe("GET and HEAD", () => {
  const claims = [
    {},
    { "x-http-method-override": "POST" },
    { "x-http-method": "DELETE" },
    { "x-method-override": "PUT" },
  ];
  test("S9: are refused by everything that only changes something, whatever method a header claims", () =>
    inSandbox(async ({ signUp, anonymous }) => {
      const who = await signUp({ verified: true });
      const document = (await anonymous.get("/openapi.json")).body as { paths: Record<string, object> };
      const changing = Object.entries(document.paths).filter(([, verbs]) => !("get" in verbs));
      expect(changing.length).toBeGreaterThan(50);
      const wrong: unknown[] = [];
      for (const [path] of changing)
        for (const method of ["GET", "HEAD"])
          for (const headers of claims) {
            const at = path.replaceAll(/\{\w+\}/g, "current");
            const { status } = await who.request(method, `${at}?_method=POST`, { headers });
            // `me` is no member's id, by which a member is read.
            if (![404, 405].includes(status) && !(path.endsWith("/members/me") && status === 400))
              wrong.push([method, path, status]);
          }
      expect(wrong).toEqual([]);
      expect((await who.get("/v1/verify")).status).toBe(200);
      expect(operations.length).toBeGreaterThan(0);
    }));

  test("S9: of a page that asks for a click change nothing", () =>
    inSandbox(async ({ signUp }) => {
      const [who] = [await signUp()];
      for (const path of ["/auth/sign-out", "/account/sessions/others/end", "/auth/provider", "/auth/link?token=x"])
        for (const method of ["GET", "HEAD"])
          expect([path, [200, 404, 405].includes((await who.request(method, path)).status)]).toEqual([path, true]);
      expect((await who.get("/v1/verify")).status).toBe(200);
    }));
});

describe("what is about a person", () => {
  const disguises = [
    "/x.css",
    ";.js",
    "%3b.css",
    ".css",
    "%2fx.png",
    "%2ex.js",
    "/..%2fx.css",
    "?x.css",
    "/%2e%2e/x.css",
  ];
  test("S12: is kept by no cache, and isn't found under a name that one would keep", () =>
    inSandbox(async ({ signUp }) => {
      const who = await signUp();
      for (const path of [
        "/v1/me",
        "/account",
        "/api/auth/get-session",
        "/api/auth/list-sessions",
        "/account/sessions",
      ])
        for (const disguise of ["", ...disguises]) {
          const { status, headers, text } = await who.get(path + disguise);
          const plain = disguise === "" || disguise.startsWith("?");
          expect([path + disguise, status < 300, headers.get("cache-control")]).toEqual([
            path + disguise,
            plain && (disguise === "" || status < 300),
            "no-store",
          ]);
          if (!plain) expect(text).not.toContain(who.userId);
        }
      for (const path of ["/assets/..%2f..%2faccount", "/assets/../account", "//account/x.css"])
        expect((await who.get(path)).headers.get("cache-control")).toBe("no-store");
    }));
});

describe("a secret that somebody puts where it doesn't belong", () => {
  test("S13: is in no line of the log and in no other address, be it a session's or a mailed link's", () =>
    inSandbox(async ({ signUp, anonymous, logs, mails }) => {
      const who = await signUp({ verified: true });
      const token = decodeURIComponent(who.cookie.split("=")[1] ?? "");
      await anonymous.post("/api/auth/request-password-reset", { email: who.email });
      const secret = mailedSecret({ mails }, who.email);
      const referer = `${base}/auth/reset#${secret}`;
      for (const path of [
        `/auth/reset?token=${secret}`,
        `/auth/reset?return_to=/account&x=${secret}`,
        `/api/auth/reset-password/${secret}?callbackURL=/`,
        `/api/auth/reset-password?token=${secret}`,
        `/v1/me?token=${encodeURIComponent(token)}`,
        `/v1/verify?session=${encodeURIComponent(token)}`,
        `/account?session_token=${encodeURIComponent(token)}`,
      ])
        for (const method of ["GET", "POST"]) {
          const { headers, text } = await who.request(method, path, { headers: { referer, "user-agent": secret } });
          for (const found of [text, JSON.stringify([...headers])])
            expect([path, found.includes(token.split(".")[0] ?? "")]).toEqual([path, false]);
          expect([path, headers.get("location")?.includes(secret) ?? false]).toEqual([path, false]);
        }
      await sendForm(who, "/auth/reset", { token: secret, password: "short" });
      for (const line of logs)
        for (const each of [secret, token, token.split(".")[0] ?? ""]) expect(line).not.toContain(each);
    }));
});

describe("the host that a request names", () => {
  const hosts: [string, Record<string, string>][] = [
    ["http://evil.example", { host: "evil.example" }],
    ["https://localhost:3000", {}],
    ["http://internal.example:8080", {}],
    [base, { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" }],
    [base, { host: "localhost:3000, evil.example" }],
  ];
  test("H2: is in no mail, cookie or redirect of a page, also behind a proxy that names another", () =>
    inSandbox(async ({ app, signUp, mails }) => {
      for (const [at, headers] of hosts) {
        const { email } = await signUp({ verified: true });
        for (const [path, more] of [
          ["/auth/forgot", {}],
          ["/auth/code", {}],
          ["/auth/sign-up", { name: "X", password }],
        ] as const) {
          const to = path === "/auth/sign-up" ? `new-${email}` : email;
          const body = new URLSearchParams({ email: to, return_to: "/account", ...more }).toString();
          const type = "application/x-www-form-urlencoded";
          const request = new Request(at + path, {
            method: "POST",
            headers: { origin: base, "content-type": type, ...headers },
            body,
          });
          const answer = await app.fetch(request, connectedFrom());
          expect([at, path, answer.status, answer.headers.get("location")?.startsWith("/")]).toEqual([
            at,
            path,
            303,
            true,
          ]);
          const link = mailedLink({ mails }, to);
          expect([link.origin, link.searchParams.get("return_to")]).toEqual([base, `${base}/account`]);
        }
      }
      expect(JSON.stringify(mails)).not.toMatch(/evil|internal/);
    }));
});

describe("where the API leads on", () => {
  const places = [
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/%2f%2fevil.example",
    "%2f%2fevil.example",
    "/%5cevil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\u00a0//evil.example",
    "/\u2028/evil.example",
    "http://localhost:3000@evil.example",
    "http://localhost:3000.evil.example",
    "https://spa.example.evil.example",
    "https://spa.example%2eevil.example",
    "https://spa.example\t.evil.example",
    "myapp://callback.evil",
    "blob:https://spa.example/x",
  ];
  test("H1: 400 or 403 for what isn't a trusted origin's, however it is written, and nothing is mailed", () =>
    inSandbox(async ({ signUp, anonymous, mails }) => {
      const { email } = await signUp({ verified: true });
      for (const place of places)
        for (const [path, body] of [
          ["request-password-reset", { redirectTo: place }],
          ["sign-in/email", { password, callbackURL: place }],
          ["sign-in/magic-link", { callbackURL: place }],
          ["send-verification-email", { callbackURL: place }],
        ] as const) {
          const { status, headers } = await anonymous.post(`/api/auth/${path}`, { email, ...body });
          expect([place, path, [400, 403].includes(status)]).toEqual([place, path, true]);
          expect(headers.get("location")).toBeNull();
        }
      expect(mails).toEqual([]);
    }));
});
