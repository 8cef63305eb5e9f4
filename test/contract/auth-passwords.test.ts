import { describe, expect, test } from "bun:test";
import { authRoutes } from "../../src/auth/mount/routes.ts";
import { currentTransaction } from "../../src/auth/store/auth-call.ts";
import type { Passwords } from "../../src/passwords/hash.ts";
import type { Actor } from "../harness/actor.ts";
import { inSandbox, passwords } from "../harness/app.ts";
import { cookieOf } from "../harness/cookies.ts";
import { enrolled, holding } from "../harness/two-factor.ts";
import { authRequests, openStage, sendTo } from "./auth-requests.ts";
import { sources } from "./source.ts";

describe("the hash", () => {
  test("is reached by the routes that say so and by no other, outside transactions, while the client waits", async () => {
    const reached: string[] = [];
    let route = "preparing";
    const note = (signal: AbortSignal | undefined) => {
      const how = [
        ...(currentTransaction() === undefined ? [] : [" inside a transaction"]),
        ...(signal === undefined ? [" whether or not the client has gone"] : []),
      ];
      reached.push(route + how.join(""));
    };
    const watched: Pick<Passwords, "hash" | "check"> = {
      hash: (password, signal) => (note(signal), passwords.hash(password)),
      check: (data, signal) => (note(signal), passwords.check(data)),
    };
    await inSandbox(
      async (service) => {
        const stage = await openStage(service);
        for (const [key, prepare] of Object.entries(authRequests)) {
          route = "preparing";
          const request = await prepare(stage);
          route = key;
          expect([key, (await sendTo(key, request)).status < 400]).toEqual([key, true]);
        }
        route = "preparing";
        const leaving = await service.signUp();
        route = "DELETE /v1/me";
        expect((await leaving.delete("/v1/me", { password: "correct horse battery" })).status).toBe(204);
      },
      { passwords: watched },
    );
    const hashing = Object.keys(authRoutes).filter((key) => authRoutes[key]?.hashes);
    expect([...new Set(reached)].filter((key) => !key.startsWith("preparing")).toSorted()).toEqual(
      [...hashing, "DELETE /v1/me"].toSorted(),
    );
  });

  test("is called by the queue's room, its guard, and a route that is guarded only", async () => {
    const calling = (await sources("src"))
      .filter(({ text }) =>
        /\bpasswords?\.(hash|verify|check)\(|\bargon2id\(|\.matches\(|(scrypt|pbkdf2)Sync\(|Bun\.password|(hash|verify)Sync\(|\b(verify|hash)Password\(/.test(
          text,
        ),
      )
      .map(({ path }) => path)
      // Islands run in browsers.
      .filter((path) => !/^src\/(passwords\/formats|web\/islands)\//.test(path));
    expect(calling.toSorted()).toEqual([
      "src/auth/guard/passwords.ts",
      "src/auth/methods/invited-sign-up.ts",
      "src/auth/mount/ahead.ts",
      "src/passwords/worker.ts",
    ]);
  });

  test("isn't reached by a call that doesn't declare it", () =>
    inSandbox(async ({ deps }) => {
      const { password } = await deps.auth.$context;
      expect(password.hash("a password")).rejects.toThrow("doesn't declare");
      expect(password.verify({ hash: "plain:x", password: "x" })).rejects.toThrow("doesn't declare");
    }));
});

describe("wrong passwords of one's own account", () => {
  const right = "correct horse battery";
  const guesses: Record<string, (password: string) => [method: string, path: string, body: object]> = {
    "POST /verify-password": (password) => ["POST", "/api/auth/verify-password", { password }],
    "POST /change-password": (password) => [
      "POST",
      "/api/auth/change-password",
      { currentPassword: password, newPassword: right },
    ],
    "POST /two-factor/enable": (password) => ["POST", "/api/auth/two-factor/enable", { password }],
    "POST /two-factor/disable": (password) => ["POST", "/api/auth/two-factor/disable", { password }],
    "POST /two-factor/get-totp-uri": (password) => ["POST", "/api/auth/two-factor/get-totp-uri", { password }],
    "POST /two-factor/generate-backup-codes": (password) => [
      "POST",
      "/api/auth/two-factor/generate-backup-codes",
      { password },
    ],
    "POST /delete-user": (password) => ["POST", "/api/auth/delete-user", { password }],
    "DELETE /v1/me": (password) => ["DELETE", "/v1/me", { password }],
  };
  const limited = { env: { RATE_LIMIT: "on" } };

  test("are counted on every route that checks one", () => {
    const declared = Object.keys(authRoutes).filter((key) => authRoutes[key]?.guesses === "session");
    expect(Object.keys(guesses).toSorted()).toEqual([...declared, "DELETE /v1/me"].toSorted());
  });

  test.each(Object.keys(guesses))("%s: 429 after ten, wherever they come from, for the right one too", (key) =>
    inSandbox(async (service) => {
      const taken = /totp-uri|backup-codes/.test(key);
      const who = taken ? holding(service, (await enrolled(service)).cookie) : await service.signUp();
      const attempt = async (password: string, address: string) => {
        const [method, path, body] = guesses[key]?.(password) ?? ["", "", {}];
        const headers = { "content-type": "application/json" };
        return (await who.request(method, path, { body: JSON.stringify(body), headers, address })).status;
      };
      const found = [];
      for (let n = 0; n < 10; n++) found.push(await attempt("a wrong one", `192.0.2.${n}`));
      expect(found.filter((status) => status < 400 || status === 429)).toEqual([]);
      expect(await attempt(right, "192.0.2.99")).toBe(429);
    }, limited),
  );

  test("right ones aren't counted", () =>
    inSandbox(async (service) => {
      let who: Pick<Actor, "request"> = await service.signUp();
      const body = JSON.stringify({ password: right });
      const headers = { "content-type": "application/json" };
      for (let n = 0; n < 15; n++) {
        const sent = { body, headers, address: `192.0.2.${n}` };
        const answer = await who.request("POST", "/api/auth/verify-password", sent);
        expect(answer.status).toBe(200);
        who = holding(service, cookieOf(answer.headers));
      }
    }, limited));
});
