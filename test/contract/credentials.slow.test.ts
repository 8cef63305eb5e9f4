import { describe, expect, test } from "bun:test";
import { generateApiKey } from "../../src/core/api-key.ts";
import type { Answer } from "../harness/answer.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { notProblem } from "./document.ts";
import { Faults } from "./faults.ts";
import { seeded } from "./random.ts";

const name = "better-auth.session_token";
const me = { name: "GET /v1/me" };

/** The signed token of an actor's cookie, as it is before it is percent-encoded. */
const signedToken = (cookie: string): string =>
  decodeURIComponent(new RegExp(`${name}=([^;]+)`).exec(cookie)?.[1] ?? "");

const ask = (service: Service, headers: Record<string, string>, path = "/v1/me"): Promise<Answer> =>
  service.anonymous.request("GET", path, { headers });

/** One change to a text, by chance: what a broken client, a proxy or an attacker might make of it. */
function mutated(text: string, random: () => number, other: string): string {
  const at = Math.floor(random() * text.length);
  const any = String.fromCharCode(0x20 + Math.floor(random() * 0xdf));
  const cut = (from: number, to: number, by: string) => text.slice(0, from) + by + text.slice(to);
  const ways: (() => string)[] = [
    () => cut(at, at + 1, any),
    () => cut(at, at + 1, ""),
    () => cut(at, at, any),
    () => cut(at, at, any.repeat(1 + Math.floor(random() * 200))),
    () => text.slice(0, at),
    () => text.slice(at),
    () => text.slice(0, at) + other.slice(at),
    () => other.slice(0, at) + text.slice(at),
    () => text.toUpperCase(),
    () => text.toLowerCase(),
    () => text.split("").toReversed().join(""),
    () => text + text,
    () => cut(at, at + 1, `%${Math.floor(random() * 256).toString(16)}`),
    () =>
      cut(at, at + 1, encodeURIComponent(String.fromCodePoint(0x80 + Math.floor(random() * 0xffff)).toWellFormed())),
    () => cut(at, at, ["; ", "=", ".", ",", "\t", '"', "\\", "%00", "%", "\u0080"][Math.floor(random() * 10)] ?? ""),
    () => text.replaceAll("=", "").replaceAll(".", "="),
  ];
  return ways[Math.floor(random() * ways.length)]?.() ?? text;
}

/** Whether a text still holds the whole token, however it is encoded: then it may be right to accept it. */
function carries(text: string, token: string): boolean {
  if (text.includes(token)) return true;
  try {
    return decodeURIComponent(text).includes(token);
  } catch {
    return false;
  }
}

describe("S6: a credential", () => {
  test("that was tampered with is a 401, ten thousand times, and never a 5xx", () =>
    inSandbox(async (service) => {
      const faults = new Faults();
      const [mine, theirs] = [(await service.signUp()).cookie, (await service.signUp()).cookie];
      const [token, other] = [signedToken(mine), signedToken(theirs)];
      expect((await ask(service, { cookie: mine })).status).toBe(200);
      expect((await ask(service, { authorization: `Bearer ${token}` })).status).toBe(200);
      const random = seeded(20_261_120);
      let asked = 0;
      while (asked < 10_000) {
        const [header, from, to] = [
          ["cookie", mine, theirs],
          ["authorization", `Bearer ${token}`, `Bearer ${other}`],
          ["authorization", `Bearer ${encodeURIComponent(token)}`, `Bearer ${other}`],
          ["x-api-key", generateApiKey(), generateApiKey()],
        ][asked % 4] as [string, string, string];
        let text = mutated(from, random, to);
        for (let more = random(); more < 0.3; more = random()) text = mutated(text, random, to);
        if (carries(text, token) || carries(text, other)) continue;
        const path = asked % 2 === 0 ? "/v1/me" : "/v1/verify";
        let answer: Answer;
        try {
          answer = await ask(service, { [header]: text }, path);
        } catch (err) {
          // No client can send such a header.
          if (err instanceof TypeError) continue;
          throw err;
        }
        asked++;
        faults.add({ name: `GET ${path}` }, `${header}: ${JSON.stringify(text)}`, notProblem(answer, 401));
      }
      faults.none();
      expect(service.logs.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    }));

  test("that is half signed, unsigned or signed for another token is a 401", () =>
    inSandbox(async (service) => {
      const faults = new Faults();
      const [token, other] = [
        signedToken((await service.signUp()).cookie),
        signedToken((await service.signUp()).cookie),
      ];
      const [session = "", signature = ""] = token.split(".");
      const [otherSession = "", otherSignature = ""] = other.split(".");
      const halves = [
        session,
        `${session}.`,
        `.${signature}`,
        ".",
        "",
        `${otherSession}.${signature}`,
        `${session}.${otherSignature}`,
        `${session}.${signature.slice(0, -1)}`,
        `${session}.${signature}=`,
        `${session}.${"A".repeat(43)}=`,
        `${session}.${"é".repeat(44)}`,
        `${session}.${"€".repeat(44)}`,
        `${session}.${"€".repeat(14)}=`,
        `${session}.${signature}.${signature}`,
        `${session}.${session}.${signature}`,
        `${session}\0.${signature}`,
        `${session} .${signature}`,
        `${session.toLowerCase()}.${signature}`,
        `${session}.${Buffer.from(signature, "base64").toString("hex")}`,
        `${session}.${Buffer.from(signature, "base64").toString("base64url")}=`,
      ];
      // A signature without `+` and `/` reads the same in both alphabets.
      for (const half of halves.filter((half) => half !== token)) {
        const cookie = `${name}=${encodeURIComponent(half)}`;
        for (const path of ["/v1/me", "/v1/verify"]) {
          faults.add(me, `cookie ${half}`, notProblem(await ask(service, { cookie }, path), 401));
          const authorization = `Bearer ${encodeURIComponent(half)}`;
          faults.add(me, `Bearer ${half}`, notProblem(await ask(service, { authorization }, path), 401));
        }
      }
      faults.none();
    }));

  test("under another name, scheme or header is none", () =>
    inSandbox(async (service) => {
      const faults = new Faults();
      const { cookie } = await service.signUp();
      const token = signedToken(cookie);
      const value = encodeURIComponent(token);
      const headers: Record<string, string>[] = [
        { cookie: `session_token=${value}` },
        { cookie: `${name.toUpperCase()}=${value}` },
        { cookie: `x${name}=${value}` },
        { cookie: `${name}x=${value}` },
        { cookie: `__Secure-${name}=${value}` },
        { cookie: `__Host-${name}=${value}` },
        { cookie: `other=${name}=${value}` },
        { cookie: `${name}="${value}"` },
        { cookie: name },
        { authorization: token },
        { authorization: `Basic ${btoa(`${token}:`)}` },
        { authorization: `Bearer  ${token}` },
        { authorization: `Bearer ${token} ${token}` },
        { authorization: `Bearer ${token},` },
        { authorization: `Bearer "${token}"` },
        { authorization: "Bearer" },
        { authorization: "Bearer " },
        { "x-api-key": token },
        { "x-auth-subject": "somebody", "x-auth-type": "user" },
        { "x-session-token": token, "set-auth-token": token },
        { "proxy-authorization": `Bearer ${token}` },
      ];
      for (const sent of headers)
        for (const path of ["/v1/me", "/v1/verify"])
          faults.add(me, JSON.stringify(sent), notProblem(await ask(service, sent, path), 401));
      faults.none();
    }));

  test("in a header of 64 KB is never a 5xx, and never somebody else's", () =>
    inSandbox(async (service) => {
      const { cookie, userId } = await service.signUp();
      const pad = "x".repeat(64 * 1024);
      const many = Array.from({ length: 5000 }, (_, n) => `c${n}=${n}`).join("; ");
      for (const path of ["/v1/me", "/v1/verify"])
        for (const sent of [
          { cookie: `pad=${pad}; ${cookie}` },
          { cookie: `${cookie}; pad=${pad}` },
          { cookie: `${name}=${pad}` },
          { cookie: `${many}; ${cookie}` },
          { cookie: ";".repeat(64 * 1024) },
          { cookie: "=".repeat(64 * 1024) },
          { cookie: `${name}=`.repeat(2000) },
          { authorization: `Bearer ${pad}` },
          { authorization: `Bearer ${"=".repeat(64 * 1024)}` },
          { "x-api-key": `gh_${pad}` },
        ]) {
          const answer = await ask(service, sent, path);
          if (answer.status === 200) expect(answer.text).toContain(userId);
          else expect(notProblem(answer, 401)).toBeNull();
        }
    }));
});

describe("S5: two credentials", () => {
  test("400 where they disagree, in whatever order and headers; the person where they are the same", () =>
    inSandbox(async (service) => {
      const faults = new Faults();
      const [mine, theirs] = [await service.signUp(), await service.signUp()];
      const [token, other] = [signedToken(mine.cookie), signedToken(theirs.cookie)];
      const twice = (one: string, two: string) =>
        `${name}=${encodeURIComponent(one)}; ${name}=${encodeURIComponent(two)}`;
      const disagreeing: Record<string, string>[] = [
        { cookie: mine.cookie, authorization: `Bearer ${other}` },
        { cookie: theirs.cookie, authorization: `Bearer ${token}` },
        // Planted by another host of the domain, before or behind the right one.
        { cookie: twice(token, other) },
        { cookie: twice(other, token) },
        { cookie: `a=b; ${twice(token, other)}; c=d` },
      ];
      for (const path of ["/v1/me", "/v1/verify"]) {
        for (const sent of disagreeing)
          faults.add(
            me,
            `${path} ${JSON.stringify(sent)}`,
            notProblem(await ask(service, sent, path), 400, "conflicting_credentials"),
          );
        for (const sent of [
          { cookie: mine.cookie, authorization: `Bearer ${token}` },
          { cookie: mine.cookie, authorization: `bearer ${encodeURIComponent(token)}` },
          { cookie: twice(token, token) },
        ]) {
          const answer = await ask(service, sent, path);
          if (answer.status !== 200 || !answer.text.includes(mine.userId))
            faults.add(me, `${path} ${JSON.stringify(sent)}`, `${answer.status} ${answer.text}`);
        }
      }
      faults.none();
    }));

  test("one of them worthless are a 401 or the other's person, never a 5xx", () =>
    inSandbox(async (service) => {
      const { cookie, userId } = await service.signUp();
      for (const worthless of ["x", "", "a.b", `${"A".repeat(32)}.${"A".repeat(43)}=`, "%", "%00"]) {
        const planted = `${name}=${worthless}`;
        for (const sent of [
          { cookie: `${planted}; ${cookie}` },
          { cookie: `${cookie}; ${planted}` },
          { cookie, authorization: `Bearer ${worthless}` },
          { cookie, "x-api-key": worthless },
        ]) {
          const answer = await ask(service, sent);
          if (answer.status === 200) expect(answer.text).toContain(userId);
          else expect(notProblem(answer, 401)).toBeNull();
        }
      }
    }));
});
