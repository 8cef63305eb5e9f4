import { expect, test } from "bun:test";
import { authRoutes } from "../../../src/auth/mount/routes.ts";
import { inSandbox } from "../../harness/app.ts";

test("E2: a route that mails an address without a session takes as long for an account as for none", () => {
  const mailing = Object.entries(authRoutes).filter(([, { mails, needs }]) => mails && !needs);
  const uneven = mailing.filter(([, { evenMs }]) => evenMs === undefined).map(([key]) => key);
  // better-auth takes half a second for each verification mail.
  expect(uneven).toEqual(["POST /send-verification-email"]);
});

test("E2: a password reset isn't answered before its time, whether or not the account exists", () =>
  inSandbox(async ({ anonymous, signUp }) => {
    const { email } = await signUp();
    const { evenMs = Infinity } = authRoutes["POST /request-password-reset"] ?? {};
    for (const address of [email, "nobody@example.com"]) {
      const started = performance.now();
      const answer = await anonymous.post("/api/auth/request-password-reset", { email: address, redirectTo: "/" });
      expect(answer.status).toBe(200);
      // Timers count whole milliseconds.
      expect(performance.now() - started).toBeGreaterThan(evenMs - 2);
    }
  }));
