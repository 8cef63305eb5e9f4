import { expect, test } from "bun:test";
import type { Statement } from "../../../src/db/driver/connection.ts";
import { inSandbox } from "../../harness/app.ts";
import { password } from "../../harness/people.ts";

/** As on a server that has become read-only: each further question could wait as long as the first. */
const failing: Statement = {
  text: "do $$ begin raise exception 'cannot execute in a read-only transaction' using errcode = '25006'; end $$",
  values: [],
  shape: "object",
};

test("a database that was away isn't asked again by the same request, which is 503", async () => {
  let [away, asked] = [false, 0];
  const intercept = (statement: Statement) => (away ? (asked++, failing) : statement);
  await inSandbox(
    async ({ anonymous, signUp }) => {
      const { email } = await signUp();
      const requests: Record<string, object> = {
        "sign-in/magic-link": { email },
        "email-otp/send-verification-otp": { email, type: "sign-in" },
        "request-password-reset": { email },
        "sign-up/email": { email: "new@example.com", name: "New", password },
        "sign-in/email": { email, password },
      };
      for (const [path, body] of Object.entries(requests)) {
        [away, asked] = [true, 0];
        const { status } = await anonymous.post(`/api/auth/${path}`, body);
        expect([path, status, asked]).toEqual([path, 503, 1]);
        away = false;
      }
    },
    { intercept, env: { EMAIL_CODE: "on" } },
  );
});
