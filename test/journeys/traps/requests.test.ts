import { describe, expect, test } from "bun:test";
import { connectedFrom } from "../../harness/actor.ts";
import { inSandbox, type Service } from "../../harness/app.ts";

// Where a request's own words would be believed: its host, its origin, the environment it meets.

const base = "http://localhost:3000";
const evil = "http://evil.example";

describe("H2: mailed links name the base URL, whatever the request claims", () => {
  const claims: [string, string, Record<string, string>][] = [
    ["Host", evil, { host: "evil.example" }],
    ["X-Forwarded-Host", base, { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" }],
    ["Forwarded", base, { forwarded: "host=evil.example;proto=https" }],
    ["X-Original-URL", base, { "x-original-url": `${evil}/api/auth`, "x-rewrite-url": `${evil}/api/auth` }],
  ];

  test("in its Host, X-Forwarded-Host, Forwarded and X-Original-URL", () =>
    inSandbox(async ({ app, mails, signUp }) => {
      const asked = claims.map(async ([name, at, headers]) => {
        const { email } = await signUp();
        const send = (path: string, body: object) =>
          app.fetch(
            new Request(`${at}/api/auth${path}`, {
              method: "POST",
              headers: { "content-type": "application/json", origin: base, ...headers },
              body: JSON.stringify(body),
            }),
            connectedFrom(),
          );
        await send("/request-password-reset", { email, redirectTo: "/reset" });
        await send("/send-verification-email", { email });
        await send("/sign-up/email", { email: `x-${email}`, name: "X", password: "correct horse battery" });
        const own = mails.filter(({ to }) => to.endsWith(email));
        const links = own.map(({ text }) => /https?:\/\/\S+/.exec(text)?.[0] ?? "");
        return { name, links: links.map((link) => link.startsWith(`${base}/auth/`)) };
      });
      expect(await Promise.all(asked)).toEqual(claims.map(([name]) => ({ name, links: [true, true, true] })));
      expect(JSON.stringify(mails)).not.toContain("evil");
    }));

  test("400 or 403, and no mail, for a reset that should lead elsewhere", () =>
    inSandbox(async ({ anonymous, mails, signUp }) => {
      const { email } = await signUp();
      const sent = mails.length;
      for (const redirectTo of [`${evil}/reset`, "//evil.example", "/\\evil.example", "http:evil.example"]) {
        const { status } = await anonymous.post("/api/auth/request-password-reset", { email, redirectTo });
        expect([400, 403]).toContain(status);
      }
      expect(mails).toHaveLength(sent);
    }));
});

describe("origin checks hold under bun test as in production", () => {
  const untrusted = [
    "",
    "null",
    evil,
    "https://spa.example.evil.example",
    "https://spa.example:444",
    "http://spa.example",
  ];

  async function change({ app, signUp }: Service, path: string, origin: string) {
    const { cookie } = await signUp();
    const headers = { "content-type": "application/json", cookie, ...(origin ? { origin } : {}) };
    const body = JSON.stringify({ name: "Changed", slug: "changed" });
    return app.fetch(new Request(`${base}${path}`, { method: "POST", headers, body }), connectedFrom());
  }

  test.each(untrusted)("S7: 403 for a change by cookie from %j", (origin) =>
    inSandbox(async (service) => {
      expect(process.env["NODE_ENV"]).toBe("test");
      expect((await change(service, "/api/auth/update-user", origin)).status).toBe(403);
      expect((await change(service, "/v1/orgs", origin)).status).toBe(403);
    }),
  );

  test.each([base, "https://spa.example"])("not for one from %s", (origin) =>
    inSandbox(async (service) => {
      expect((await change(service, "/api/auth/update-user", origin)).status).toBe(200);
      expect((await change(service, "/v1/orgs", origin)).status).toBe(201);
    }),
  );

  test("S10: no answer lets a page of an untrusted origin read it", () =>
    inSandbox(async ({ anonymous }) => {
      for (const origin of untrusted.slice(1)) {
        for (const path of ["/api/auth/get-session", "/v1/me"]) {
          const { headers } = await anonymous.request("GET", path, { headers: { origin } });
          expect(headers.get("access-control-allow-origin")).toBeNull();
        }
      }
    }));
});
