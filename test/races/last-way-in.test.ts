import { afterAll, beforeAll, expect } from "bun:test";
import type { Actor } from "../harness/actor.ts";
import { openService, type Service } from "../harness/app.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { passkeyApi } from "../harness/passkeys.ts";
import { reporting } from "../harness/reporting.ts";

let fresh: FreshDatabase;
let service: Service;
const test = reporting(() => service);
const gone = Array.from({ length: 27 }, (_, n) => `gone-${n}`);

beforeAll(async () => {
  fresh = await freshDatabase();
  const env = {
    GOOGLE_CLIENT_ID: "id",
    GOOGLE_CLIENT_SECRET: "secret",
    GITHUB_CLIENT_ID: "id",
    GITHUB_CLIENT_SECRET: "secret",
    EMAIL_CODE: "off",
  };
  service = await openService({ database: fresh.database, env });
});
afterAll(async () => {
  await service?.deps.close();
  await fresh?.dispose();
});

const write = (text: string, ...values: unknown[]) => fresh.database.statement("", text, values);

/** Somebody with a password, Google, GitHub, what providers that are gone left, and twenty passkeys. */
async function rich(): Promise<{ who: Actor; removals: (() => Promise<{ status: number }>)[] }> {
  const who = await service.signUp();
  for (const provider of ["google", "github", ...gone])
    await write(
      `insert into "account" (id, user_id, provider_id, account_id, created_at, updated_at)
        values ($1, $2, $3, $1, now(), now())`,
      Bun.randomUUIDv7(),
      who.userId,
      provider,
    );
  for (let n = 0; n < 20; n++)
    await write(
      `insert into "passkey" (id, user_id, public_key, credential_id, counter, device_type, backed_up, created_at)
        values ($1, $2, 'k', $1, 0, 'singleDevice', false, now())`,
      Bun.randomUUIDv7(),
      who.userId,
    );
  const ids = async (table: string) =>
    (await write(`select id from "${table}" where user_id = $1`, who.userId)) as { id: string }[];
  const removals = [
    ...(await ids("account")).map(
      ({ id }) =>
        () =>
          who.post("/api/auth/unlink-account", { accountId: id }),
    ),
    ...(await ids("passkey")).map(
      ({ id }) =>
        () =>
          who.post(`${passkeyApi}/delete-passkey`, { id }),
    ),
  ];
  return { who, removals };
}

test("of fifty ways to sign in that are removed at once, one that leads in stays", async () => {
  const { who, removals } = await rich();
  expect(removals).toHaveLength(50);
  const answers = await Promise.all(removals.map((remove) => remove()));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 400]));
  const left = (await write(
    `select provider_id as way from "account" where user_id = $1 and provider_id in ('credential', 'google', 'github')
      union all select 'passkey' from "passkey" where user_id = $1`,
    who.userId,
  )) as { way: string }[];
  expect(left.length).toBe(1);
});

test("of two that are unlinked at once, over and over, one stays", async () => {
  for (let round = 0; round < 10; round++) {
    const who = await service.signUp();
    await write(
      `insert into "account" (id, user_id, provider_id, account_id, created_at, updated_at)
        values ($1, $2, 'google', $1, now(), now())`,
      Bun.randomUUIDv7(),
      who.userId,
    );
    const rows = (await write(`select id from "account" where user_id = $1`, who.userId)) as { id: string }[];
    const answers = await Promise.all(rows.map(({ id }) => who.post("/api/auth/unlink-account", { accountId: id })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 400]));
  }
});
