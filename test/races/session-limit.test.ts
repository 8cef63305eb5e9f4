import { afterAll, beforeAll, expect } from "bun:test";
import { openService, type Service } from "../harness/app.ts";
import { reporting } from "../harness/reporting.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { password } from "../harness/people.ts";

let fresh: FreshDatabase;
let service: Service;
const test = reporting(() => service);
beforeAll(async () => {
  fresh = await freshDatabase();
  service = await openService({ database: fresh.database });
});
afterAll(async () => {
  await service?.deps.close();
  await fresh?.dispose();
});

test("a person has at most 100 live sessions, however many sign-ins come at once, and all of them succeed", async () => {
  const who = await service.signUp();
  await fresh.database.statement(
    "",
    `insert into "session" (id, token, user_id, expires_at, created_at, updated_at)
      select $1 || n, $1 || n, $1, now() + interval '1 day', now() - interval '1 day', now() from generate_series(1, 96) n`,
    [who.userId],
  );
  const signIn = () => service.anonymous.post("/api/auth/sign-in/email", { email: who.email, password });
  const answers = await Promise.all(Array.from({ length: 10 }, signIn));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const left = await fresh.database.statement(
    "",
    `select count(*)::int as all, count(*) filter (where created_at > now() - interval '1 hour')::int as new
      from "session" where user_id = $1`,
    [who.userId],
  );
  expect(left).toEqual([{ all: 100, new: 11 }]);
});
