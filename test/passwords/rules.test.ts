import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Server } from "bun";
import { openRules } from "../../src/passwords/rules.ts";

const person = { email: "alice.Smith-84@mail.acme.example", name: "Alice Rosé Smith" };

const failures: unknown[] = [];
const rulesWith = (breachUrl?: string) => openRules({ breachUrl, failed: (err) => failures.push(err) });
const codeOf = async (password: string, rules = rulesWith()) => (await rules(password, person))?.code ?? null;

describe("a new password", () => {
  test.each(["12345678", "Password", "PASSWORD1", "qwertyuiop", "trustno1", "ｐａｓｓｗｏｒｄ", "zaq12wsx"])(
    "isn't one of the commonest: %s",
    async (password) => expect(await codeOf(password)).toBe("PASSWORD_TOO_COMMON"),
  );

  test.each([
    "alicesmith",
    "Alice Rosé Smith",
    "SMITH, alice 2026!",
    "alice.smith-84@mail.acme.example",
    "alice.smith-84",
    "alice-alice-alice",
    "rosé+rosé 123",
    "acme2026!",
  ])("isn't made of the person's own name or address: %s", async (password) =>
    expect(await codeOf(password)).toBe("PASSWORD_TOO_PERSONAL"),
  );

  test.each([
    "correct horse battery",
    "alice likes green tea",
    "smithereens",
    "84848484-84848",
    "パスワードを作る",
    "🦊🦊🦊🦊",
    "x".repeat(63) + "y",
    "       8",
  ])("may be anything else: %s", async (password) => expect(await codeOf(password)).toBeNull());

  test("has 8 to 128 characters", async () => {
    const codes = await Promise.all(
      ["1x2y3z7", "1x2y3z78", "zx".repeat(64), `${"zx".repeat(64)}z`].map((it) => codeOf(it)),
    );
    expect(codes).toEqual(["PASSWORD_TOO_SHORT", null, null, "PASSWORD_TOO_LONG"]);
  });

  test("isn't taken for personal where a name is short, odd or very long", async () => {
    const rules = rulesWith();
    for (const name of ["", "Jo", "..*+(", "é".repeat(5000), "a b c ".repeat(5000)])
      expect(await rules("a quiet morning", { email: "", name })).toBeNull();
  });
});

describe("breached passwords", () => {
  const asked: string[] = [];
  let answer: () => Response | Promise<Response>;
  let server: Server<undefined>;
  let url: string;
  // "correct horse battery" in SHA-1.
  const digest = new Bun.CryptoHasher("sha1").update("correct horse battery").digest("hex").toUpperCase();
  const range = (count: number) => `0018A45C4D1DEF81644B54AB7F969B88D65:3\r\n${digest.slice(5)}:${count}\r\n`;

  beforeAll(() => {
    server = Bun.serve({
      port: 0,
      fetch(request) {
        asked.push(`${request.method} ${new URL(request.url).pathname} ${request.headers.get("add-padding")}`);
        return answer();
      },
    });
    url = `${server.url.origin}/breaches`;
  });
  afterAll(() => server.stop(true));

  test("are refused, and the API learns five digits of their hash", async () => {
    answer = () => new Response(range(7));
    expect(await codeOf("correct horse battery", rulesWith(url))).toBe("PASSWORD_COMPROMISED");
    expect(asked).toEqual([`GET /breaches/range/${digest.slice(0, 5)} true`]);
  });

  test("aren't those of other hashes, nor padding", async () => {
    answer = () => new Response(range(7));
    expect(await codeOf("another horse battery", rulesWith(url))).toBeNull();
    answer = () => new Response(range(0));
    expect(await codeOf("correct horse battery", rulesWith(url))).toBeNull();
  });

  const outages: Record<string, () => Response | Promise<Response>> = {
    "answers an error": () => new Response("down", { status: 500 }),
    "leads elsewhere": () => Response.redirect("https://elsewhere.example/", 302),
    "answers without end": () => new Response("x".repeat(2 * 1024 * 1024)),
    "doesn't answer": () => new Promise<Response>(() => {}),
  };

  test.each(Object.keys(outages))("are let through where the API %s, and somebody hears why", async (name) => {
    answer = outages[name] ?? (() => new Response());
    failures.length = 0;
    expect(await codeOf("correct horse battery", rulesWith(url))).toBeNull();
    expect(failures).toEqual([expect.any(Error)]);
  });
});
