import { afterAll, beforeAll, expect } from "bun:test";
import { tally } from "../harness/answer.ts";
import { openService, type Service } from "../harness/app.ts";
import { cookieOf } from "../harness/cookies.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { password } from "../harness/people.ts";
import { reporting } from "../harness/reporting.ts";
import { enrolled, holding } from "../harness/two-factor.ts";

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

const challenge = async (email: string) => {
  const { headers } = await service.anonymous.post("/api/auth/sign-in/email", { email, password });
  return holding(service, cookieOf(headers));
};
const challenges = async (email: string, count: number) => {
  const found = [];
  while (found.length < count) found.push(await challenge(email));
  return found;
};
const sessionsOf = async (userId: string) =>
  (await fresh.database.statement("", `select id from "session" where user_id = $1`, [userId])).length;

test("A5: of twenty browsers that use one code of an app at once, exactly one is signed in", async () => {
  const { who, code } = await enrolled(service);
  const shown = await code();
  const browsers = await challenges(who.email, 20);
  const before = await sessionsOf(who.userId);
  const answers = await Promise.all(
    browsers.map((browser) => browser.post("/api/auth/two-factor/verify-totp", { code: shown })),
  );
  expect(tally(answers.map(({ status }) => status))).toEqual({ 200: 1, 401: 19 });
  expect(await sessionsOf(who.userId)).toBe(before + 1);
});

test("A5: guesses that come all at once, in however many challenges, end with their person's codes shut", async () => {
  const { who, code } = await enrolled(service);
  const browsers = await challenges(who.email, 40);
  const guesses = browsers.flatMap((browser) =>
    Array.from({ length: 5 }, () => browser.post("/api/auth/two-factor/verify-totp", { code: "000000" })),
  );
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  expect(statuses).not.toContain(200);
  const late = await (await challenge(who.email)).post("/api/auth/two-factor/verify-totp", { code: await code() });
  expect(late.status).toBe(429);
});

test("A6: of fifty who use one backup code at once, exactly one is signed in", async () => {
  const { who, backupCodes } = await enrolled(service);
  const browsers = await challenges(who.email, 50);
  const answers = await Promise.all(
    browsers.map((browser) => browser.post("/api/auth/two-factor/verify-backup-code", { code: backupCodes[0] })),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

test("E6: of fifty who sign up with one address at once, in whatever case, one has an account", async () => {
  const name = Bun.randomUUIDv7();
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      service.anonymous.post("/api/auth/sign-up/email", {
        email: n % 2 ? `bob-${name}@example.com` : `Bob-${name}@Example.COM`,
        name: "Bob",
        password,
      }),
    ),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  for (const { status } of answers) expect([200, 409, 422]).toContain(status);
  const found = `select id from "user" where lower(email) = $1`;
  expect(await fresh.database.statement("", found, [`bob-${name}@example.com`])).toHaveLength(1);
});

test("E6: of those who sign up at once where addresses are confirmed first, none learns that another was there", async () => {
  const confirming = await openService({ database: fresh.database, env: { SIGN_UP: "verified" } });
  try {
    const email = `carol-${Bun.randomUUIDv7()}@example.com`;
    const body = { email, name: "Carol", password };
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => confirming.anonymous.post("/api/auth/sign-up/email", body)),
    );
    expect(tally(answers.map(({ status }) => status))).toEqual({ 200: 12 });
    const found = `select id from "user" where email = $1`;
    expect(await fresh.database.statement("", found, [email])).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => (body as { token: unknown }).token))).toEqual(new Set([null]));
  } finally {
    await confirming.deps.close();
  }
});
