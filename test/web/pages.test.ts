import { describe, expect, test } from "bun:test";
import type { Actor } from "../harness/actor.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { secret } from "../harness/people.ts";

const form = { "content-type": "application/x-www-form-urlencoded" };
const rename = (who: Actor, headers: Record<string, string> = {}) =>
  who.request("POST", "/account", { body: "name=Renamed", headers: { ...form, ...headers } });
const nameOf = async (who: Actor) => ((await who.get("/v1/me")).body as { principal: { name: string } }).principal.name;

let away = false;

const whatever = "9b2e7c1a-0000-7000-8000-000000000000";

describe("pages", () => {
  test("303 to the sign-in page, and the way back, for who isn't signed in", () =>
    inSandbox(async ({ anonymous }) => {
      for (const path of ["/account", "/console/acme?tab=1", "/admin"]) {
        const { status, headers } = await anonymous.get(path);
        expect([status, headers.get("location")]).toEqual([303, `/auth/sign-in?return_to=${encodeURIComponent(path)}`]);
      }
    }));

  test("aren't shown to an API key or a Bearer token: only a browser's cookie counts", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const token = decodeURIComponent(who.cookie.split("=")[1] ?? "");
      const { status } = await service.anonymous.get("/account", { authorization: `Bearer ${token}` });
      expect(status).toBe(303);
      expect((await who.get("/account")).status).toBe(200);
    }));

  test("404 alike for another organization, for none, and for the administration", () =>
    inSandbox(async (service) => {
      const [stranger, { slug }] = [await service.signUp(), await service.organization()];
      const pages: [number, string][] = [];
      for (const path of [
        `/console/${slug}`,
        `/console/${whatever}`,
        "/console/no--slug",
        "/admin",
        "/admin/nothing",
      ]) {
        const { status, text } = await stranger.get(path);
        pages.push([status, text.replaceAll(path, "")]);
      }
      expect(pages).toEqual(pages.map(() => pages[0]!));
      expect(pages[0]?.[0]).toBe(404);
    }));

  test("S11: carry a policy that allows nothing inline and nothing from elsewhere, and are kept by nobody", () =>
    inSandbox(async ({ anonymous }) => {
      const { headers, text } = await anonymous.get("/auth/sign-in");
      const policy = headers.get("content-security-policy") ?? "";
      for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'"])
        expect(policy).toContain(rule);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
      expect(headers.get("cache-control")).toBe("no-store");
      // Under no-referrer, browsers would send forms without their Origin.
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("vary")).toMatch(/Accept-Language.*Cookie/);
      expect(text).not.toMatch(/<script(?![^>]*src=)|\son\w+=|\sstyle=/);
    }));

  test("extend a session in use once a day, as better-auth does", () =>
    inSandbox(async ({ signUp, database }) => {
      const who = await signUp();
      expect((await who.get("/account")).headers.getSetCookie().join()).not.toContain("session_token");
      const used = "update session set expires_at = expires_at - interval '25 hours' where id = $1";
      await database.statement("", used, [who.sessionId]);
      expect((await who.get("/account")).headers.getSetCookie().join()).toContain("session_token");
    }));

  test("aren't used by a script that looks whether their lists have changed", () =>
    inSandbox(async ({ signUp, database }) => {
      const who = await signUp();
      const text = "update session set expires_at = expires_at - interval '25 hours' where id = $1";
      await database.statement("", text, [who.sessionId]);
      const look = await who.get("/account/organizations", { "x-live": "1" });
      expect([look.status, look.headers.getSetCookie()]).toEqual([200, []]);
      const etag = look.headers.get("etag") ?? "";
      const again = await who.get("/account/organizations", { "x-live": "1", "if-none-match": etag });
      expect([again.status, again.text]).toEqual([304, ""]);
      await who.post("/v1/orgs", { name: "Acme" });
      const changed = await who.get("/account/organizations", { "x-live": "1", "if-none-match": etag });
      expect([changed.status, changed.text.includes("Acme")]).toEqual([200, true]);
    }));

  test("503 with Retry-After, on a page of their own, while the database is away", () =>
    inSandbox(
      async ({ signUp }) => {
        const who = await signUp();
        away = true;
        const { status, headers, text } = await who.get("/account", { "accept-language": "de" });
        away = false;
        expect([status, headers.get("content-type"), Number(headers.get("retry-after")) > 0]).toEqual([
          503,
          "text/html; charset=UTF-8",
          true,
        ]);
        expect(text).toContain("nicht erreichbar");
      },
      {
        intercept: (statement) =>
          away ? { ...statement, name: "", text: "do $$ begin raise sqlstate '57P03'; end $$", values: [] } : statement,
      },
    ));
});

describe("a form", () => {
  test("S7: 403, and nothing is changed, when it comes from another site or doesn't say where from", () =>
    inSandbox(async (service) => {
      const who = await service.signUp({ name: "Unchanged" });
      const elsewhere: Record<string, string>[] = [
        { origin: "https://evil.example" },
        { origin: "https://spa.example" },
        { origin: `${service.deps.config.server.baseUrl}.evil.example` },
        { origin: "null", "sec-fetch-site": "cross-site" },
        { origin: "null", "sec-fetch-site": "same-site" },
        { origin: "null" },
        { origin: "null", "content-type": "text/plain" },
      ];
      for (const headers of elsewhere) {
        const { status, text } = await rename(who, headers);
        expect([status, text.includes("another site")]).toEqual([403, true]);
      }
      expect(await nameOf(who)).toBe("Unchanged");
    }));

  test("is taken from the same origin, also where the browser hides the Origin", () =>
    inSandbox(async ({ signUp }) => {
      const who = await signUp();
      expect((await rename(who)).status).toBe(303);
      expect((await rename(who, { origin: "null", "sec-fetch-site": "same-origin" })).status).toBe(303);
      expect(await nameOf(who)).toBe("Renamed");
    }));

  test("422 keeps what was typed and puts the error beside its field", () =>
    inSandbox(async ({ signUp }) => {
      const who = await signUp({ name: "Ada" });
      const { status, text } = await who.request("POST", "/account", { body: "name=++", headers: form });
      expect(status).toBe(422);
      expect(text).toContain('aria-invalid="true"');
      expect(text).toContain('id="name-wrong">Fill this in.');
      const long = "x".repeat(200);
      const again = await who.request("POST", "/account", { body: `name=${long}`, headers: form });
      expect([again.status, again.text.includes(`value="${long}"`)]).toEqual([422, true]);
    }));

  test("says once what it achieved, in words that only this service signs", () =>
    inSandbox(async ({ signUp, anonymous }) => {
      const who = await signUp();
      const done = await rename(who);
      const [told = ""] = done.headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? "");
      const seen = await who.get("/account", { cookie: `${who.cookie}; ${told}` });
      expect(seen.text).toContain("Saved.");
      expect(seen.headers.getSetCookie().join()).toMatch(/gatehouse\.told=;/);
      const forged = told.replace("Saved", "Send%20money");
      expect((await anonymous.get("/auth/sign-in", { cookie: forged })).text).not.toContain("money");
      expect(told).not.toContain(secret);
    }));
});

describe("the place to return to", () => {
  const places: [given: string, taken: string][] = [
    ["/account?tab=1#keys", "/account?tab=1#keys"],
    ["https://spa.example/inbox", "https://spa.example/inbox"],
    ["//evil.example", "/"],
    ["/\\evil.example", "/"],
    ["/\t/evil.example", "/"],
    ["\\\\evil.example", "/"],
    ["https:evil.example", "/"],
    ["https://evil.example", "/"],
    ["https://spa.example.evil.example", "/"],
    ["https://spa.example@evil.example", "/"],
    ["https://evil@spa.example/", "/"],
    ["http://spa.example/", "/"],
    ["javascript:alert(1)", "/"],
    ["data:text/html,x", "/"],
    ["myapp://callback", "/"],
    ["evil.example", "/"],
    [`/${"x".repeat(3000)}`, "/"],
  ];
  test("H1: is one of ours or of a trusted origin, however it is written (CWE-601)", () =>
    inSandbox(async ({ signUp }: Service) => {
      const who = await signUp();
      for (const [given, taken] of places) {
        const { status, headers } = await who.get(`/auth/sign-in?return_to=${encodeURIComponent(given)}`);
        expect([given, status, headers.get("location")]).toEqual([given, 303, taken]);
      }
    }));
});

describe("the stylesheet and the script", () => {
  const assets = async ({ anonymous }: Service) => {
    const { text } = await anonymous.get("/auth/sign-in");
    return [...text.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path);
  };

  test("are kept by browsers for a year under names that change with what is in them", () =>
    inSandbox(async (service) => {
      const paths = await assets(service);
      expect(paths.map((path) => path.split(".").at(-1))).toEqual(["css", "js"]);
      for (const path of paths) {
        const { status, headers } = await service.anonymous.get(path);
        expect([status, headers.get("cache-control")]).toEqual([200, "public, max-age=31536000, immutable"]);
      }
      expect((await service.anonymous.get("/assets/other.css")).status).toBe(404);
    }));

  test("are small: under 12 KB each over the wire", () =>
    inSandbox(async (service) => {
      for (const path of await assets(service)) {
        const { headers, text } = await service.anonymous.get(path, { "accept-encoding": "identity" });
        expect(headers.get("content-encoding")).toBeNull();
        expect(Bun.gzipSync(text).length).toBeLessThan(12 * 1024);
      }
    }));
});
