import { describe, expect, test } from "bun:test";
import { authRoutes } from "../../src/auth/mount/routes.ts";
import { inSandbox, passwords } from "../harness/app.ts";
import { password } from "../harness/people.ts";
import { authRequests, openStage, sendTo } from "../contract/auth-requests.ts";

const setting = Object.keys(authRoutes).filter((key) => authRoutes[key]?.sets !== undefined);

/** What is stored for everybody, in one text. */
const accounts = `select coalesce(string_agg(user_id || password, ',' order by id), '') as all from "account"`;

describe("a password that the rules refuse", () => {
  const checking = Object.keys(authRoutes).filter((key) => authRoutes[key]?.hashes && !setting.includes(key));

  test.each(checking)("%s only checks one: it stores none, so it needs no rules", (key) =>
    inSandbox(async (service) => {
      const stage = await openStage(service);
      const request = await authRequests[key]?.(stage);
      if (!request) throw new Error("no request");
      const before = await stage.sql<{ password: string }>(`select id, password from "account"`);
      expect((await sendTo(key, request)).status).toBe(200);
      const after = await stage.sql<{ password: string }>(`select id, password from "account"`);
      expect(before).toEqual(expect.arrayContaining(after));
    }),
  );

  test.each(setting)("%s: 400 for a common one and for one of the person's own address, and nothing changes", (key) =>
    inSandbox(async (service) => {
      const stage = await openStage(service);
      const request = await authRequests[key]?.(stage);
      if (!request?.body) throw new Error("no request");
      const field = "newPassword" in request.body ? "newPassword" : "password";
      const userId = request.body["userId"] ?? request.who.userId;
      const [person] = await stage.sql<{ email: string }>(`select email from "user" where id = $1`, userId);
      const email = (request.body["email"] as string | undefined) ?? person?.email ?? "";
      const before = await stage.sql(accounts);
      const refused = async (text: string) => {
        const { status, body } = await sendTo(key, { ...request, body: { ...request.body, [field]: text } });
        return [status, (body as { code: string }).code];
      };
      expect(await refused("Password1")).toEqual([400, "PASSWORD_TOO_COMMON"]);
      expect(await refused(`${email}!`)).toEqual([400, "PASSWORD_TOO_PERSONAL"]);
      expect(await stage.sql(accounts)).toEqual(before);
      // A mailed token isn't used up by a refusal.
      expect((await sendTo(key, request)).status).toBe(200);
    }),
  );

  test("says nothing about a person to somebody who may not set their password", () =>
    inSandbox(async ({ signUp }) => {
      const [who, other] = [await signUp(), await signUp({ name: "Hildegard Knef" })];
      const body = { userId: other.userId, newPassword: "hildegardknef" };
      expect((await who.post("/api/auth/admin/set-user-password", body)).status).toBe(403);
    }));

  test("still signs in whoever has it", () =>
    inSandbox(async ({ signUp, anonymous, database }) => {
      const { email, userId } = await signUp();
      const text = `update "account" set password = 'plain:password' where user_id = $1`;
      await database.statement("weak_password", text, [userId]);
      const signIn = await anonymous.post("/api/auth/sign-in/email", { email, password: "password" });
      expect(signIn.status).toBe(200);
    }));
});

describe("E7: the length of what is typed", () => {
  test("64 characters and emoji are a password of which every one counts", () =>
    inSandbox(async ({ anonymous }) => {
      for (const [long, cut] of [
        ["zx".repeat(32), `${"zx".repeat(31)}z`],
        ["🦊".repeat(64), "🦊".repeat(63)],
      ] as const) {
        const email = `user-${Bun.randomUUIDv7()}@example.com`;
        const signUp = await anonymous.post("/api/auth/sign-up/email", { email, name: "Long", password: long });
        expect(signUp.status).toBe(200);
        const signIn = (text: string) => anonymous.post("/api/auth/sign-in/email", { email, password: text });
        expect((await signIn(long)).status).toBe(200);
        expect((await signIn(cut)).status).toBe(401);
      }
    }));

  test("400 for a megabyte, which nobody hashes, whether or not the account exists", async () => {
    let hashed = 0;
    const watched: typeof passwords = {
      hash: (text) => (hashed++, passwords.hash(text)),
      check: (data) => (hashed++, passwords.check(data)),
    };
    await inSandbox(
      async ({ anonymous, signUp }) => {
        const { email } = await signUp();
        hashed = 0;
        for (const address of [email, "nobody@example.com"]) {
          const body = { email: address, password: "x".repeat(1_000_000) };
          const { status, body: answer } = await anonymous.post("/api/auth/sign-in/email", body);
          expect([status, (answer as { code: string }).code]).toEqual([400, "PASSWORD_TOO_LONG"]);
        }
        expect(hashed).toBe(0);
        expect((await anonymous.post("/api/auth/sign-in/email", { email, password })).status).toBe(200);
        expect(hashed).toBe(1);
      },
      { passwords: watched },
    );
  });
});
