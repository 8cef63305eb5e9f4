import { AsyncLocalStorage } from "node:async_hooks";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { createApp } from "../../src/app.ts";
import type { Mail, Mailer } from "../../src/mail/mailer.ts";
import { type Config, parseConfig } from "../../src/config/index.ts";
import { createLog } from "../../src/ops/log.ts";
import type { BuiltInRole } from "../../src/core/access/permission.ts";
import type { Statement } from "../../src/db/driver/connection.ts";
import type { Database, Tx } from "../../src/db/types.ts";
import { type Deps, openDeps } from "../../src/deps.ts";
import { reported } from "./reporting.ts";
import type { Env } from "../../src/http/env.ts";
import { type Actor, actor } from "./actor.ts";
import { type Cast, testCast, testDatabase } from "./database.ts";
import {
  type Fields,
  type Founded,
  type House,
  type Person,
  password,
  secret,
  writeMember,
  writeOrganization,
  writePerson,
  writeRole,
} from "./people.ts";
import { openSandbox, openStage } from "./sandbox.ts";

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
  /** Somebody new, signed in. Written past the routes, so that nothing is mailed. */
  signUp: (fields?: Fields) => Promise<Actor>;
  /** A new organization, active for its owner; written past the routes too. */
  organization: (owner?: Actor) => Promise<Organization>;
  /** Somebody new with this role in the service's one organization that everybody here is in; it is active for them. */
  as: (role: BuiltInRole) => Promise<Actor>;
  /** The last requests, and the log's error lines: what somebody wants to know of a test that failed. */
  report: () => string;
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
  mailer?: Mailer;
  /** Does what is queued by itself, on a database whose commits are real; without it, it is done with each request. */
  worker?: "started";
  /** Sees each statement, and can replace it with another. */
  intercept?: (statement: Statement) => Statement;
};

/** Hashes that cost nothing: a test's passwords guard nothing. */
export const passwords = {
  hash: async (password: string) => `plain:${password}`,
  check: async ({ hash, password }: { hash: string; password: string }) => ({ right: hash === `plain:${password}` }),
};

export const testConfig = (env: Record<string, string> = {}): Config =>
  parseConfig({
    NODE_ENV: "test",
    RATE_LIMIT: "off",
    EMAIL_CODE: "on",
    ANONYMOUS: "on",
    // What tests are about is mostly somebody who is signed in.
    SIGN_UP: "at-once",
    ...(env["BASE_URL"] ? {} : { PASSKEY_DOMAIN: "localhost" }),
    LOG_LEVEL: "info",
    TRUSTED_ORIGINS: "https://spa.example",
    ...env,
  });

// A sandbox hears of no commit, so nothing may be kept in memory.
const sandboxed = { VERIFY_CACHE_SIZE: "0" };

/**
 * Runs `test` against the whole service inside one transaction that is rolled back, also when it throws. What the
 * sandbox can't show stands in `openSandbox`. Without options the service is the process's, built once: nothing of one
 * test is left in it, and what a test leaves running throws.
 */
export async function inSandbox(test: (service: Service) => Promise<void>, options: Options = {}): Promise<void> {
  const database = options.database ?? (await testDatabase());
  const { env = {}, ...others } = options;
  if (Object.keys(others).length + Object.keys(env).length === 0) return (await staged(database)).run(test);
  const sandbox = await openSandbox(database, options.intercept);
  try {
    const service = await openService({ ...options, database: sandbox, env: { ...sandboxed, ...env } });
    try {
      await reported(service, test);
    } finally {
      await service.deps.close();
    }
  } finally {
    await sandbox.close();
  }
}

/** The service over a database that the caller keeps. */
export async function openService(options: Options & { database: Database }): Promise<Service> {
  const props = newProps();
  return serve(await build(options, () => props), props, options);
}

/** What a test holds in its hand. */
type Props = { mails: Mail[]; logs: string[]; clock: TestClock };
type Built = { app: OpenAPIHono<Env>; deps: Deps };

const newProps = (): Props => ({ mails: [], logs: [], clock: testClock() });

async function build(options: Options & { database: Database }, props: () => Props | undefined): Promise<Built> {
  const config = testConfig(options.env);
  const mailer: Mailer = options.mailer ?? {
    send: async (mail) => void props()?.mails.push(mail),
    close() {},
  };
  const deps = await openDeps(config, secret, {
    database: options.database,
    mailer,
    log: createLog(config.log.level, { write: (line) => void props()?.logs.push(line) }),
    clock: () => props()?.clock.now() ?? new Date(),
    passwords: options.passwords ?? passwords,
    ...(options.modules === undefined ? {} : { modules: options.modules }),
  });
  const app = createApp(deps);
  if (options.worker) {
    deps.worker.start();
    return { app, deps };
  }
  const fetch = app.fetch.bind(app);
  // A sandbox hears of no commit: what a request has queued is done before its answer is read.
  const answered: typeof fetch = async (...request) => {
    const before = deps.queue.queued;
    const response = await fetch(...request);
    if (deps.queue.queued > before) await deps.worker.drain();
    return response;
  };
  return { app: Object.assign(app, { fetch: answered }), deps };
}

type Staged = { run(test: (service: Service) => Promise<void>): Promise<void> };

const stages = new WeakMap<Database, Promise<Staged>>();

/** The service that a process's sandboxes share, over `database`. */
function staged(database: Database): Promise<Staged> {
  const open = async (): Promise<Staged> => {
    const stage = openStage(database);
    const current = new AsyncLocalStorage<Props>();
    const built = await build({ database: stage.database, env: sandboxed }, () => current.getStore());
    return {
      run(test) {
        const props = newProps();
        return current.run(props, () =>
          stage.run(async () => {
            const cast = structuredClone(await testCast());
            try {
              await reported(serve(built, props, {}, cast), test);
            } finally {
              await built.deps.verifier.flush();
            }
          }),
        );
      },
    };
  };
  let found = stages.get(database);
  if (!found) stages.set(database, (found = open()));
  return found;
}

/** @param cast people and organizations that stand in the database already, each to be given out once. */
function serve({ app, deps }: Built, props: Props, options: Pick<Options, "passwords">, cast?: Cast): Service {
  const { config, database } = deps;
  const requests: string[] = [];
  const heard = (line: string) => void requests.push(line.slice(0, 1_000));
  const asActor = (who: Person) => actor(app, config.server.baseUrl, who, heard);
  const house = async (): Promise<House> => ({
    https: config.server.baseUrl.startsWith("https://"),
    sessionMaxAge: config.signIn.sessionMaxAge,
    trialDays: config.retention.trialDays,
    passwordHash: await (options.passwords ?? passwords).hash(password),
    now: props.clock.now(),
  });
  const write = async <T>(work: (tx: Tx, house: House) => Promise<T>): Promise<T> => {
    const now = await house();
    return database.db.transaction((tx) => work(tx, now));
  };
  let meeting: Promise<Organization> | undefined;

  const signUp: Service["signUp"] = async (fields) => {
    const waiting = fields === undefined ? cast?.people.shift() : undefined;
    return asActor(waiting ?? (await write((tx, house) => writePerson(tx, house, fields))));
  };
  const whole = ({ id, slug, owner }: Founded): Organization => ({
    id,
    slug,
    owner: asActor(owner),
    async join(role, who) {
      for (const name of role.split(",").filter((name) => !deps.roles.has(name))) await writeRole(database, id, name);
      const joining = who ?? (await signUp());
      await write((tx, house) => writeMember(tx, house, id, joining, role));
      return joining;
    },
  });
  const organization: Service["organization"] = async (owner) => {
    const waiting = owner === undefined ? cast?.organizations.shift() : undefined;
    return whole(
      waiting ??
        (await write(async (tx, house) => writeOrganization(tx, house, owner ?? (await writePerson(tx, house))))),
    );
  };
  const as: Service["as"] = async (role) => {
    const waiting = cast?.members[role].shift();
    if (waiting) return asActor(waiting);
    const { owner, join } = await (meeting ??= cast ? Promise.resolve(whole(cast.house)) : organization());
    return role === "owner" ? owner : join(role);
  };
  const report = () => {
    const errors = props.logs.filter((line) => /"level":"(error|fatal)"/.test(line)).map((line) => line.trimEnd());
    return ["Asked last:", ...requests.slice(-3), ...(errors.length > 0 ? ["Logged:", ...errors] : [])].join("\n  ");
  };
  const anonymous = actor(app, config.server.baseUrl, undefined, heard);
  return { app, deps, database, ...props, anonymous, signUp, organization, as, report };
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
