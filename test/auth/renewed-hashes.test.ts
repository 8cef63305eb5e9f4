import { afterAll, describe, expect, test } from "bun:test";
import { hashPassword } from "better-auth/crypto";
import { sql } from "drizzle-orm";
import { openPasswords } from "../../src/passwords/hash.ts";
import type { Actor } from "../harness/actor.ts";
import type { Answer } from "../harness/answer.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { cookieOf } from "../harness/cookies.ts";
import { password } from "../harness/people.ts";
import { holding } from "../harness/two-factor.ts";

const hashing = openPasswords(1);
afterAll(() => hashing.close());

const stored = await hashPassword(password);

/** A service whose people have hashes as better-auth makes them, and whose checks are the real ones. */
const old = {
  passwords: {
    hash: async (text: string) => (text === password ? stored : hashPassword(text)),
    check: async (data: { hash: string; password: string }) => hashing.check(data),
  },
};

const sqlOf =
  ({ database }: Service) =>
  <R = Record<string, unknown>>(text: string, ...values: unknown[]) =>
    database.statement<R>(`renewed_${Bun.hash(text)}`, text, values);

async function hashOf(service: Service, { userId }: Actor): Promise<string> {
  const text = `select password from "account" where user_id = $1`;
  return (await sqlOf(service)<{ password: string }>(text, userId))[0]?.password ?? "";
}

const isSignedIn = async (who: Actor) => (await who.get("/api/auth/get-session")).body !== null;

const signIn = ({ anonymous }: Service, who: Actor, given = password) =>
  anonymous.post("/api/auth/sign-in/email", { email: who.email.toUpperCase(), password: given });

const ofToday = expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);

describe("a hash that isn't of today's form", () => {
  const ways: Record<string, (service: Service, who: Actor) => Promise<Answer>> = {
    "a sign-in": (service, who) => signIn(service, who),
    "a check of the password": (_, who) => who.post("/api/auth/verify-password", { password }),
  };

  test.each(Object.keys(ways))("is replaced by %s, and every session goes on", (way) =>
    inSandbox(async (service) => {
      const [who, other] = [await service.signUp(), await service.signUp()];
      const before = await hashOf(service, who);
      const wrong = await signIn(service, who, "not the password");
      expect([wrong.status, await hashOf(service, who)]).toEqual([401, before]);
      const answer = await ways[way]!(service, who);
      expect(answer.status).toBe(200);
      const renewed = await hashOf(service, who);
      expect([renewed, await hashOf(service, other)]).toEqual([ofToday, expect.not.stringContaining("argon2")]);
      const here = way === "a sign-in" ? who : holding(service, cookieOf(answer.headers));
      expect(await isSignedIn(here)).toBe(true);
      expect(await sqlOf(service)(`select id from "audit_event" where action = 'session.deleted'`)).toEqual([]);
      // It is the same password, and is renewed once.
      expect((await signIn(service, who)).status).toBe(200);
      expect((await signIn(service, who, "not the password")).status).toBe(401);
      expect(await hashOf(service, who)).toBe(renewed);
    }, old),
  );

  test("stands in the way of neither a change of the password nor a deletion", () =>
    inSandbox(async (service) => {
      const [changing, leaving] = [await service.signUp(), await service.signUp()];
      const body = { currentPassword: password, newPassword: "a quite different one" };
      expect((await changing.post("/api/auth/change-password", body)).status).toBe(200);
      expect((await signIn(service, changing)).status).toBe(401);
      expect((await leaving.delete("/v1/me", { password })).status).toBe(204);
    }, old));

  test("stays where it can't be replaced: the sign-in succeeds, and the log says so", () =>
    inSandbox(
      async (service) => {
        const who = await service.signUp();
        const before = await hashOf(service, who);
        expect((await signIn(service, who)).status).toBe(200);
        expect(await hashOf(service, who)).toBe(before);
        const said = service.logs.filter((line) => line.includes("could not be renewed"));
        expect(said).toHaveLength(1);
        expect(said.join()).not.toContain(before);
      },
      {
        ...old,
        intercept: (statement) =>
          statement.text.includes("app.renewed_hash")
            ? { ...statement, text: "select 1 / (length($1) * 0)" }
            : statement,
      },
    ));
});

describe("for the database, a change is a renewal only as it was declared", () => {
  /** Changes the hash of somebody by SQL, after declaring a renewal. @returns whether their session goes on. */
  async function changed(service: Service, declared: (id: string, from: string) => object | string, to = "new hash") {
    const who = await service.signUp();
    const found = await sqlOf(service)<{ id: string }>(`select id from "account" where user_id = $1`, who.userId);
    const id = found[0]?.id ?? "";
    const said = declared(id, await hashOf(service, who));
    await service.database.db.transaction(async (tx) => {
      const text = typeof said === "string" ? said : JSON.stringify(said);
      await tx.execute(sql`select set_config('app.renewed_hash', ${text}, true)`);
      await tx.execute(sql`update "account" set password = ${to} where id = ${id}`);
    });
    return isSignedIn(who);
  }

  test("the declared one keeps the sessions", () =>
    inSandbox(async (service) => {
      expect(await changed(service, (account, from) => ({ account, from, to: "new hash" }))).toBe(true);
    }));

  const others: Record<string, (account: string, from: string) => object | string> = {
    nothing: () => "",
    "another account": (_, from) => ({ account: "another", from, to: "new hash" }),
    "another hash before": (account) => ({ account, from: "another", to: "new hash" }),
    "another hash after": (account, from) => ({ account, from, to: "another" }),
    null: (account, from) => ({ account, from, to: null }),
  };

  test.each(Object.keys(others))("with %s declared, the sessions end", (name) =>
    inSandbox(async (service) => {
      expect(await changed(service, others[name] ?? (() => ""))).toBe(false);
    }),
  );

  test("what was declared for one transaction isn't for the next", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const [from, { userId }] = [await hashOf(service, who), who];
      const text = `select set_config('app.renewed_hash', jsonb_build_object('account', id, 'from', $2::text, 'to', 'new hash')::text, true) from "account" where user_id = $1`;
      await sqlOf(service)(text, userId, from);
      await sqlOf(service)(`update "account" set password = 'new hash' where user_id = $1`, userId);
      expect(await isSignedIn(who)).toBe(false);
    }));
});
