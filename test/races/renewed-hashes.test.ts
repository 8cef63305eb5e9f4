import { expect, test } from "bun:test";
import { hashPassword } from "better-auth/crypto";
import { openPasswords } from "../../src/passwords/hash.ts";
import { openService } from "../harness/app.ts";
import { freshDatabase } from "../harness/database.ts";
import { password } from "../harness/people.ts";

test("sign-ins that renew a hash at once all succeed, and leave one hash", async () => {
  await using fresh = await freshDatabase();
  const hashing = openPasswords(1);
  const [checked, together] = [{ count: 0 }, Promise.withResolvers<void>()];
  const service = await openService({
    database: fresh.database,
    passwords: {
      hash: async (text) => hashPassword(text),
      async check(data) {
        const match = await hashing.check(data);
        // All of them have found the old hash to match before the first replaces it.
        if (++checked.count === 6) together.resolve();
        await together.promise;
        return match;
      },
    },
  });
  try {
    const { email, userId } = await service.signUp();
    const signIn = () => service.anonymous.post("/api/auth/sign-in/email", { email, password });
    const answers = await Promise.all(Array.from({ length: 6 }, signIn));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    const text = `select a.password, (select count(*)::int from "session" s where s.user_id = a.user_id) as sessions
      from "account" a where a.user_id = $1`;
    expect(await fresh.database.statement("renewed_once", text, [userId])).toEqual([
      { password: expect.stringMatching(/^\$argon2id\$/), sessions: 7 },
    ]);
  } finally {
    await service.deps.close();
    await hashing.close();
  }
});
