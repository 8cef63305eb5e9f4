import { afterAll, beforeAll, describe, expect } from "bun:test";
import { decodeJwt } from "jose";
import { type Actor } from "../../harness/actor.ts";
import { openService, type Service } from "../../harness/app.ts";
import { reporting } from "../../harness/reporting.ts";
import { freshDatabase } from "../../harness/database.ts";
import type { FreshDatabase } from "../../harness/fresh-database.ts";

// Where better-auth's sessions, tokens and users are laxer than they look.

let fresh: FreshDatabase;
let service: Service;
const test = reporting(() => service);

beforeAll(async () => {
  fresh = await freshDatabase();
  service = await openService({ database: fresh.database });
});

afterAll(async () => {
  await service.deps.close();
  await fresh.dispose();
});

const rows = <R>(text: string, ...values: unknown[]) =>
  fresh.database.statement<R>(`trap_${Bun.hash(text)}`, text, values);
const sessionOf = async (who: Actor) => {
  const { body } = await who.get("/api/auth/get-session");
  return body as { session: { token: string; activeOrganizationId: string | null }; user: { id: string } } | null;
};
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const signIn = (who: Actor) =>
  service.anonymous.post("/api/auth/sign-in/email", { email: who.email, password: "correct horse battery" });

describe("raw session token as Bearer", () => {
  test("is refused, so that reading the session table opens no account", async () => {
    const token = (await sessionOf(await service.signUp()))?.session.token ?? "";
    expect((await service.anonymous.get("/api/auth/get-session", bearer(token))).body).toBeNull();
    expect((await service.anonymous.get("/v1/me", bearer(token))).status).toBe(401);
    expect((await service.anonymous.post("/api/auth/update-user", { name: "Taken" }, bearer(token))).status).toBe(401);
  });

  test("works signed, as set-auth-token gave it", async () => {
    const token = (await signIn(await service.signUp())).headers.get("set-auth-token") ?? "";
    expect((await service.anonymous.get("/v1/me", bearer(token))).status).toBe(200);
    expect((await service.anonymous.get("/api/auth/get-session", bearer(token))).body).not.toBeNull();
  });
});

test("get-session sets no JWT header, so that it needs no key", async () => {
  const who = await service.signUp();
  expect((await who.get("/api/auth/get-session")).headers.get("set-auth-jwt")).toBeNull();
});

test("a JWT holds ids only, never the user's row", async () => {
  const who = await service.signUp();
  const { token } = (await who.get("/api/auth/token")).body as { token: string };
  expect(Object.keys(decodeJwt(token)).toSorted()).toEqual(["aud", "exp", "iat", "iss", "org", "sid", "sub"]);
});

test("the first tokens, asked for by eight at once, make one key", async () => {
  const people = await Promise.all(Array.from({ length: 8 }, () => service.signUp()));
  await rows(`delete from "jwks"`);
  const answers = await Promise.all(people.map((who) => who.get("/api/auth/token")));
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
  expect(await rows(`select 1 from "jwks"`)).toHaveLength(1);
});

describe("sessions die with the user", () => {
  const deaths: [string, (who: Actor) => Promise<unknown>][] = [
    ["by SQL", (who) => rows(`delete from "user" where id = $1`, who.userId)],
    ["by themselves", (who) => who.post("/api/auth/delete-user", { password: "correct horse battery" })],
    [
      "by an administrator",
      async (who) => {
        const admin = await service.signUp();
        await rows(`update "user" set role = 'admin' where id = $1`, admin.userId);
        return admin.post("/api/auth/admin/remove-user", { userId: who.userId });
      },
    ],
  ];

  test.each(deaths)("deleted %s", async (_name, end) => {
    const who = await service.signUp();
    expect((await who.get("/v1/me")).status).toBe(200);
    await end(who);
    expect(await rows(`select 1 from "session" where user_id = $1`, who.userId)).toEqual([]);
    expect(await sessionOf(who)).toBeNull();
    expect((await signIn(who)).status).toBe(401);
  });
});

describe("E4: what people may not say of themselves", () => {
  const claims = { emailVerified: true, role: "admin", banned: false, id: "chosen", createdAt: "2001-01-01T00:00:00Z" };
  const row = async (email: string) =>
    (
      await rows<Record<string, unknown>>(
        `select id, email_verified, role, created_at from "user" where email = $1`,
        email,
      )
    )[0];

  test.each(Object.entries(claims))("%s at sign-up: ignored or refused, never stored", async (field, value) => {
    const email = `${Bun.randomUUIDv7()}@example.com`;
    const body = { email, name: "Me", password: "correct horse battery", [field]: value };
    const { status } = await service.anonymous.post("/api/auth/sign-up/email", body);
    expect([200, 400]).toContain(status);
    const stored = await row(email);
    if (status === 400) return expect(stored).toBeUndefined();
    expect(stored).toMatchObject({ email_verified: false, role: "user" });
    expect(stored?.["id"]).not.toBe("chosen");
    expect(Number(stored?.["created_at"])).toBeGreaterThan(Date.now() - 60_000);
  });

  test.each(Object.entries(claims))("%s at update-user: changes nothing", async (field, value) => {
    const who = await service.signUp();
    const before = await row(who.email);
    await who.post("/api/auth/update-user", { name: "Still me", [field]: value });
    expect(await row(who.email)).toEqual(before as never);
  });
});

test("a router shared by concurrent requests never mixes sessions: 20 people, 200 requests at once", async () => {
  const people = await Promise.all(Array.from({ length: 20 }, () => service.signUp()));
  const homes = await Promise.all(people.map((who) => service.organization(who)));
  const each = people.flatMap((who, i) => Array.from({ length: 10 }, (_, n) => ({ who, home: homes[i]?.id, n })));
  await Promise.all(
    each.map(async ({ who, home, n }) => {
      if (n % 5 === 0) {
        const active = await who.post("/api/auth/organization/set-active", { organizationId: home });
        expect(active.body).toMatchObject({ id: home });
      }
      const session = await sessionOf(who);
      expect(session?.user.id).toBe(who.userId);
      expect([home, null]).toContain(session?.session.activeOrganizationId ?? null);
      const { body } = await who.get("/v1/me");
      expect(body).toMatchObject({ principal: { id: who.userId } });
    }),
  );
});
