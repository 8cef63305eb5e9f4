import { afterAll, beforeAll, expect } from "bun:test";
import { openService, type Service } from "../harness/app.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { ask, follow, links } from "../harness/mailed-links.ts";
import { mailedSecret } from "../harness/mails.ts";
import { reporting } from "../harness/reporting.ts";

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

for (const [name, prepare] of Object.entries(links))
  test(`of fifty who use a mailed link ${name} at once, exactly one passes, and no answer is a 5xx`, async () => {
    const { to, use } = await prepare(service);
    const secret = mailedSecret(service, to);
    const statuses = (await Promise.all(Array.from({ length: 50 }, () => use(secret)))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
  });

test("A6: of fifty who use the link and the code of one mail at once, exactly one passes", async () => {
  const { email } = await service.signUp();
  await ask(service, email);
  const token = mailedSecret(service, email);
  const otp = /^\d{6}$/m.exec(service.mails.at(-1)?.text ?? "")?.[0];
  const byCode = () => service.anonymous.post("/api/auth/sign-in/email-otp", { email, otp });
  const tries = Array.from({ length: 50 }, (_, n) => (n % 2 ? follow(service.anonymous, token) : byCode()));
  const statuses = (await Promise.all(tries)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status >= 500)).toEqual([]);
});
