import { expect, test } from "bun:test";
import { drizzleAdapter } from "@better-auth/drizzle-adapter";
import { betterAuth } from "better-auth";
import type { Database } from "../../src/db/types.ts";
import * as schema from "../../src/schema.ts";
import { freshDatabase } from "./database.ts";
import { openSandbox } from "./sandbox.ts";

const service = (database: Database) =>
  betterAuth({
    baseURL: "http://localhost:3000",
    secret: "a secret of these tests alone, long enough",
    database: drizzleAdapter(database.db, { provider: "pg", schema, transaction: true }),
    emailAndPassword: {
      enabled: true,
      password: {
        hash: async (plain) => `plain:${plain}`,
        verify: async ({ hash, password }) => hash === `plain:${password}`,
      },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  });

const person = { email: "ada@example.com", password: "a long password", name: "Ada" };

test("better-auth's own transactions, failures and simultaneous sign-ups work in a sandbox, and leave nothing", async () => {
  await using fresh = await freshDatabase();
  const sandbox = await openSandbox(fresh.database);
  const { handler } = service(sandbox);
  const post = async (path: string, body: object) => {
    const headers = { "content-type": "application/json", origin: "http://localhost:3000" };
    const url = `http://localhost:3000/api/auth${path}`;
    return (await handler(new Request(url, { method: "POST", headers, body: JSON.stringify(body) }))).status;
  };
  const statuses = await Promise.all([1, 2, 3, 4].map(() => post("/sign-up/email", person)));
  expect(statuses.filter((status) => status === 200).length).toBe(1);
  expect(await post("/sign-in/email", { ...person, password: "wrong" })).toBe(401);
  expect(await post("/sign-in/email", person)).toBe(200);
  expect([await sandbox.db.$count(schema.user), await sandbox.db.$count(schema.account)]).toEqual([1, 1]);
  await sandbox.close();

  expect(await fresh.database.db.$count(schema.user)).toBe(0);
});
