import type { OpenAPIHono } from "@hono/zod-openapi";
import { createApp } from "../../src/app.ts";
import type { Mail, Mailer } from "../../src/auth/mail.ts";
import { member, organizationRole } from "../../src/auth/tables.ts";
import { type Config, parseConfig } from "../../src/config.ts";
import { createLog } from "../../src/core/log.ts";
import type { BuiltInRole } from "../../src/core/permission.ts";
import type { Database } from "../../src/db/client.ts";
import { type Deps, openDeps } from "../../src/deps.ts";
import type { Env } from "../../src/http/env.ts";
import { type Actor, actor } from "./actor.ts";
import { testDatabase } from "./database.ts";
import { openSandbox } from "./sandbox.ts";

export const secret = "a-secret-for-tests-that-is-long-enough";

/** Tells the real time until it is moved. */
export type TestClock = { now(): Date; set(time: Date): void; advance(ms: number): void };

/** The whole real service over one database, with its mail captured and its clock in the test's hand. */
export type Service = {
  app: OpenAPIHono<Env>;
  deps: Deps;
  database: Database;
  /** What was mailed, oldest first. */
  mails: Mail[];
  /** What was logged, one JSON line each. */
  logs: string[];
  clock: TestClock;
  anonymous: Actor;
  /** Signs somebody new up through the real route. */
  signUp: (fields?: { name?: string; email?: string; verified?: boolean }) => Promise<Actor>;
  /** Creates an organization with its owner through the real route, active for the owner. */
  organization: (owner?: Actor) => Promise<Organization>;
  /** Somebody new in the sandbox's first organization, with this role. */
  as: (role: BuiltInRole) => Promise<Actor>;
};

export type Organization = {
  id: string;
  slug: string;
  owner: Actor;
  /** Makes somebody a member; by default somebody new. */
  join: (role: string, who?: Actor) => Promise<Actor>;
};

type Options = {
  env?: Record<string, string>;
  database?: Database;
  modules?: Deps["modules"];
  passwords?: typeof passwords;
};

/** Hashes that cost nothing: a test's passwords guard nothing. */
export const passwords = {
  hash: async (password: string) => `plain:${password}`,
  verify: async ({ hash, password }: { hash: string; password: string }) => hash === `plain:${password}`,
};

export const testConfig = (env: Record<string, string> = {}): Config =>
  parseConfig({
    NODE_ENV: "test",
    RATE_LIMIT: "off",
    LOG_LEVEL: "info",
    TRUSTED_ORIGINS: "https://spa.example",
    ...env,
  });

/**
 * Runs `test` against the whole service inside one transaction that is rolled back, also when it throws. What the
 * sandbox can't show stands in `openSandbox`.
 */
export async function inSandbox(test: (service: Service) => Promise<void>, options: Options = {}): Promise<void> {
  const database = await openSandbox(options.database ?? (await testDatabase()));
  try {
    // A sandbox hears of no commit, so nothing may be kept in memory.
    const service = await openService({ ...options, database, env: { VERIFY_CACHE_SIZE: "0", ...options.env } });
    try {
      await test(service);
    } finally {
      await service.deps.close();
    }
  } finally {
    await database.close();
  }
}

/** The service over a database that the caller keeps. */
export async function openService(options: Options & { database: Database }): Promise<Service> {
  const { database } = options;
  const mails: Mail[] = [];
  const logs: string[] = [];
  const clock = testClock();
  const mailer: Mailer = { send: async (mail) => void mails.push(mail), close() {} };
  const config = testConfig(options.env);
  const log = createLog(config.LOG_LEVEL, { write: (line) => void logs.push(line) });
  const modules = options.modules === undefined ? {} : { modules: options.modules };
  const deps = await openDeps(config, secret, {
    database,
    mailer,
    log,
    clock: () => clock.now(),
    passwords: options.passwords ?? passwords,
    ...modules,
  });
  const app = createApp(deps);
  const anonymous = actor(app, config.BASE_URL);
  let first: Promise<Organization> | undefined;

  const signUp: Service["signUp"] = async (fields = {}) => {
    const email = fields.email ?? `user-${Bun.randomUUIDv7()}@example.com`;
    const name = fields.name ?? "Somebody";
    const answer = await anonymous.post("/api/auth/sign-up/email", { email, name, password: "correct horse battery" });
    if (answer.status !== 200) throw new Error(`sign-up answered ${answer.status}: ${answer.text}`);
    const cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
    const userId = (answer.body as { user: { id: string } }).user.id;
    if (fields.verified)
      await database.statement("test_verify", `update "user" set email_verified = true where id = $1`, [userId]);
    return actor(app, config.BASE_URL, { userId, email, name, cookie });
  };
  const organization: Service["organization"] = async (given) => {
    const owner = given ?? (await signUp());
    const slug = `org-${Bun.randomUUIDv7().slice(-12)}`;
    const answer = await owner.post("/api/auth/organization/create", { name: `Organization ${slug}`, slug });
    if (answer.status !== 200) throw new Error(`creating an organization answered ${answer.status}: ${answer.text}`);
    const { id } = answer.body as { id: string };
    const join: Organization["join"] = async (role, who) => {
      const joining = who ?? (await signUp());
      const roles = role.split(",").filter((name) => !deps.roles.has(name));
      for (const name of roles) await makeRole(database, id, name);
      await database.db
        .insert(member)
        .values({ id: Bun.randomUUIDv7(), organizationId: id, userId: joining.userId, role, createdAt: clock.now() });
      return joining;
    };
    return { id, slug, owner, join };
  };
  const as: Service["as"] = async (role) => {
    const { owner, join } = await (first ??= organization());
    return role === "owner" ? owner : join(role);
  };
  return { app, deps, database, mails, logs, clock, anonymous, signUp, organization, as };
}

/** A role of the organization that grants nothing. */
async function makeRole(database: Database, organizationId: string, role: string): Promise<void> {
  const values = { id: Bun.randomUUIDv7(), organizationId, role, permission: "{}", createdAt: new Date() };
  await database.db.insert(organizationRole).values(values).onConflictDoNothing();
}

function testClock(): TestClock {
  let offset = 0;
  const now = () => new Date(Date.now() + offset);
  return {
    now,
    set: (time) => void (offset = time.getTime() - Date.now()),
    advance: (ms) => void (offset += ms),
  };
}
