import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../src/db/open.ts";
import * as schema from "../../src/schema.ts";
import { freshDatabase } from "../harness/database.ts";
import { noBouncer, openBouncer } from "../harness/pgbouncer.ts";
import { freePort, runService, startService } from "../harness/process.ts";
import { openRedisServer, redisProgram } from "../harness/redis.ts";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "gatehouse-refused-"));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

/** All that a service which can't start says, to both streams. */
async function said(env: Record<string, string>): Promise<string[]> {
  const base = { PORT: "0", HOST: "127.0.0.1", STATE_DIR: join(directory, "state"), RATE_LIMIT: "on" };
  await using service = runService({ env: { ...base, ...env } });
  const code = await service.exited;
  expect(service.output()).not.toContain("hunter2");
  expect({ output: service.output(), code }).toEqual({ output: service.output(), code: 1 });
  return service.output().split("\n").filter(Boolean);
}

/** A line that has this form. */
const line = (form: string) => expect.stringMatching(new RegExp(form)) as string;

const serverUrl = process.env["TEST_DATABASE_URL"] ?? "";

/** The server of TEST_DATABASE_URL by another way. */
const at = (change: (url: URL) => void): string => {
  const url = new URL(serverUrl);
  change(url);
  return url.href;
};

const place = (url: string) => `${new URL(url).hostname}:${new URL(url).port || 5432}`;

describe("one line and exit code 1, never a password, where the machine", () => {
  test("can't listen: the address is no one of its own", async () => {
    expect(await said({ HOST: "203.0.113.7" })).toEqual([
      expect.stringMatching(/^203\.0\.113\.7 isn't an address of this machine .*; correct HOST \(EADDRNOTAVAIL\)$/),
    ]);
  });

  test("can't listen: the host has no address", async () => {
    expect(await said({ HOST: "no-such-host.invalid" })).toEqual([expect.stringMatching(/correct HOST/)]);
  });

  test("can't listen: somebody else does, whichever database is configured", async () => {
    const taken = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
    const DATABASE_URL = "postgres://u:hunter2@127.0.0.1:1/app";
    const expected = [expect.stringContaining(`port ${taken.port} on 127.0.0.1 is in use; set PORT to another one`)];
    expect(await said({ PORT: String(taken.port), DATABASE_URL })).toEqual(expected);
    await taken.stop(true);
  });

  test("keeps no state: the directory is a file, or the mail's is", async () => {
    const file = join(directory, "file");
    await writeFile(file, "");
    const unusable = (path: string) => [line(`^${path} can't be used \\(E\\w+\\): correct STATE_DIR`)];
    expect(await said({ STATE_DIR: file })).toEqual(unusable(file));
    expect(await said({ STATE_DIR: join(file, "x") })).toEqual(unusable(join(file, "x")));
    await mkdir(join(directory, "mailless"));
    await writeFile(join(directory, "mailless/mail"), "");
    expect(await said({ STATE_DIR: join(directory, "mailless") })).toEqual(unusable(join(directory, "mailless/mail")));
  });

  test("kept a secret that is none: cut off, or no file", async () => {
    const short = join(directory, "short");
    await mkdir(short);
    await writeFile(join(short, "secret"), "\n");
    expect(await said({ STATE_DIR: short })).toEqual([expect.stringContaining(`${short}/secret holds no secret`)]);
    const folder = join(directory, "folder");
    await mkdir(join(folder, "secret"), { recursive: true });
    expect(await said({ STATE_DIR: folder })).toEqual([
      expect.stringMatching(/folder\/secret can't be read \(EISDIR\): correct STATE_DIR/),
    ]);
  });

  test("has an embedded database that is damaged, or of another version", async () => {
    const data = join(directory, "damaged");
    await mkdir(data);
    await writeFile(join(data, "PG_VERSION"), "9\n");
    expect(await said({ DATABASE_URL: `pglite:${data}` })).toEqual([
      expect.stringMatching(/data directory .*damaged can't be opened \(.+\): .* set DATABASE_URL to another one$/),
    ]);
  });
});

describe("one line and exit code 1, never a password, for a setting that", () => {
  test.each([
    ["DATABASE_URL", "mysql://u:hunter2@db/app", "must look like postgres://"],
    ["DATABASE_URL", "postgres://u:hunter2@[db/app", "can't be read"],
    ["DATABASE_URL", "postgres://u:hunter2%zz@db/app", "special characters of the password escaped"],
    ["DATABASE_URL", "postgres://u:hunter2@db:99999/app", "can't be read"],
    ["DATABASE_URL", "postgres://u:hunter2@db/app?sslmode=maybe", "sslmode that isn't one of disable,"],
    ["DATABASE_URL", "pglite:", "must name a directory"],
    ["DATABASE_DIRECT_URL", "postgres://u:hunter2@db/app", "needs DATABASE_URL"],
    ["REDIS_URL", "redis://u:hunter2@cache:99999", "can't be read"],
    ["REDIS_URL", "redis://", "must name a host"],
    ["REDIS_URL", "redis://u:hunter2@cache/main", "a database by its number"],
    ["SMTP_URL", "smtp://u:hunter2@[mail", "can't be read"],
    ["DATABASE_UR", "postgres://u:hunter2@db/app", "did you mean DATABASE_URL?"],
  ])("is wrong: %s=%s", async (name, value, fault) => {
    const [title, ...faults] = await said({ [name]: value });
    expect([title, ...faults]).toEqual(["the settings are wrong:", expect.stringContaining(fault)]);
    expect(faults[0]?.trim().split(":")[0]).toBe(name);
  });
});

describe("one line that names host, port, database and what to do, where PostgreSQL", () => {
  test("has no address, or isn't what listens", async () => {
    expect(await said({ DATABASE_URL: "postgres://u:hunter2@no-such-host.invalid/app" })).toEqual([
      "PostgreSQL at no-such-host.invalid:5432, database app, doesn't answer (ENOTFOUND): start it, or correct host and port in DATABASE_URL",
    ]);
    const other = Bun.listen({
      port: 0,
      hostname: "127.0.0.1",
      socket: { data: (socket) => void socket.end("-ERR\n") },
    });
    expect(await said({ DATABASE_URL: `postgres://u:hunter2@127.0.0.1:${other.port}/app` })).toEqual([
      line(`PostgreSQL at 127.0.0.1:${other.port}, database app, doesn't answer .* host and port in DATABASE_URL`),
    ]);
    other.stop(true);
  });

  test("needs a file for TLS that isn't there", async () => {
    const DATABASE_URL = "postgres://u:hunter2@127.0.0.1/app?sslmode=verify-full&sslrootcert=/no/ca.pem";
    expect(await said({ DATABASE_URL })).toEqual(["/no/ca.pem can't be read (ENOENT): correct it in DATABASE_URL"]);
  });

  describe.skipIf(serverUrl === "")("is there, but", () => {
    test("has no such database, or no such user", async () => {
      expect(await said({ DATABASE_URL: at((url) => (url.pathname = "/gatehouse_nowhere")) })).toEqual([
        `PostgreSQL at ${place(serverUrl)} has no database gatehouse_nowhere (3D000): create it, or correct the database in DATABASE_URL`,
      ]);
      expect(await said({ DATABASE_URL: at((url) => (url.username = "gatehouse_nobody")) })).toEqual([
        expect.stringMatching(
          / refuses the user gatehouse_nobody .*: correct the user or the password in DATABASE_URL$/,
        ),
      ]);
    });

    test.each(["require", "verify-full"])(
      "speaks no TLS, which sslmode=%s asks for; no warning of the driver",
      async (mode) => {
        expect(await said({ DATABASE_URL: at((url) => (url.search = `sslmode=${mode}`)) })).toEqual([
          line(`^PostgreSQL at ${place(serverUrl)}, database \\w+: .*SSL.*; correct sslmode in DATABASE_URL$`),
        ]);
      },
    );

    test("has a database that another application made, or that can't hold every character", async () => {
      const admin = await openDatabase({ url: serverUrl, schema, poolMax: 1 });
      const name = `gatehouse_unfit_${Bun.randomUUIDv7().slice(-12)}`;
      const url = at((url) => (url.pathname = `/${name}`));
      const create = (options: string) => admin.statement("", `create database ${name} ${options}`, []);
      const drop = () => admin.statement("", `drop database ${name} with (force)`, []);
      try {
        await create("encoding 'LATIN1' locale 'C' template template0");
        expect(await said({ DATABASE_URL: url })).toEqual([
          `PostgreSQL at ${place(url)}, database ${name}: the encoding is LATIN1: create the database with the encoding UTF8`,
        ]);
        await drop();
        await create("template template0");
        const other = await openDatabase({ url, schema, poolMax: 1 });
        await other.statement("", `create table "user" (id int)`, []);
        await other.close();
        expect(await said({ DATABASE_URL: url })).toEqual([
          line(
            `^PostgreSQL at ${place(url)}, database ${name}, has tables of something else: .* a database of its own$`,
          ),
        ]);
      } finally {
        await drop();
        await admin.close();
      }
    });

    describe.skipIf(noBouncer !== null)("behind PgBouncer", () => {
      test("that has no such database, that is away, or that is taken for PostgreSQL itself", async () => {
        await using fresh = await freshDatabase();
        const url = fresh.url ?? "";
        const name = new URL(url).pathname.slice(1);
        await using bouncer = await openBouncer(url, 2, { only: name });
        const pooled = bouncer.through(url);
        const [nowhere, away] = [new URL(pooled), new URL(pooled)];
        nowhere.pathname = "/gatehouse_nowhere";
        away.port = String(await freePort());
        expect(await said({ DATABASE_URL: nowhere.href, DATABASE_DIRECT_URL: url })).toEqual([
          `PostgreSQL at ${place(pooled)} is a connection pooler that has no database gatehouse_nowhere: add it there, or correct the database in DATABASE_URL`,
        ]);
        expect(await said({ DATABASE_URL: away.href, DATABASE_DIRECT_URL: url })).toEqual([
          `PostgreSQL at ${away.host}, database ${name}, doesn't answer (ECONNREFUSED): start it, or correct host and port in DATABASE_URL`,
        ]);
        expect(await said({ DATABASE_URL: pooled, DATABASE_DIRECT_URL: away.href })).toEqual([
          line(`^PostgreSQL at ${away.host}, .* DATABASE_DIRECT_URL$`),
        ]);
        const pooler = `${place(pooled)}, database ${name}, is a connection pooler: set DATABASE_DIRECT_URL to PostgreSQL itself`;
        expect(await said({ DATABASE_URL: pooled })).toEqual([pooler]);
        expect(await said({ DATABASE_URL: pooled, DATABASE_DIRECT_URL: `${pooled}?application_name=x` })).toEqual([
          pooler,
        ]);
      });

      test("with another password", async () => {
        await using bouncer = await openBouncer(serverUrl, 2, { password: "sesame" });
        const way = new URL(bouncer.through(serverUrl));
        const refused = [line(`^PostgreSQL at ${way.host} refuses the user ${way.username} for the database`)];
        const env = { DATABASE_DIRECT_URL: serverUrl };
        expect(await said({ ...env, DATABASE_URL: way.href })).toEqual(refused);
        way.password = "hunter2";
        expect(await said({ ...env, DATABASE_URL: way.href })).toEqual(refused);
      });
    });
  });
});

describe("one line that names host, port, database and what to do, where Redis", () => {
  test("is away: it is in the log as one line of words, and the service starts", async () => {
    const port = await freePort();
    const env = { RATE_LIMIT: "on", REDIS_URL: `redis://u:hunter2@127.0.0.1:${port}` };
    await using service = await startService({ env: { ...env, STATE_DIR: join(directory, "without-redis") } });
    const [first = ""] = service.output().split("\n");
    expect(JSON.parse(first)).toMatchObject({
      level: "warn",
      reason: `Redis at 127.0.0.1:${port}, database 0, doesn't answer (ECONNREFUSED): start it, or correct host and port in REDIS_URL`,
    });
    expect(service.output()).not.toContain("hunter2");
  });

  test("has no address, or isn't what listens", async () => {
    expect(await said({ REDIS_URL: "redis://u:hunter2@no-such-host.invalid/2" })).toEqual([
      "Redis at no-such-host.invalid:6379, database 2, doesn't answer (ENOTFOUND): start it, or correct host and port in REDIS_URL",
    ]);
    const other = Bun.listen({
      port: 0,
      hostname: "127.0.0.1",
      socket: { data: (socket) => void socket.end("HTTP/1.1\n") },
    });
    expect(await said({ REDIS_URL: `redis://u:hunter2@127.0.0.1:${other.port}` })).toEqual([
      line(`^Redis at 127.0.0.1:${other.port}, database 0, .* in REDIS_URL`),
    ]);
    other.stop(true);
  });

  test.skipIf(redisProgram === null)("wants another password, or has no such database", async () => {
    await using redis = await openRedisServer("--requirepass", "sesame");
    const { host } = new URL(redis.url);
    for (const url of [`redis://:hunter2@${host}`, redis.url])
      expect(await said({ REDIS_URL: url })).toEqual([
        line(`^Redis at ${host}, database 0, refuses the user or the password: correct them in REDIS_URL`),
      ]);
    expect(await said({ REDIS_URL: `redis://:sesame@${host}/99` })).toEqual([
      line(`^Redis at ${host}, database 99, isn't there: correct the database's number in REDIS_URL`),
    ]);
  });
});
