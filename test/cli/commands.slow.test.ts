import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cp, mkdir, mkdtemp, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../src/db/open.ts";
import * as schema from "../../src/schema.ts";
import { inSandbox } from "../harness/app.ts";
import { openPlace } from "../harness/place.ts";
import { type CommandOptions, runCommand } from "../harness/process.ts";

const root = join(import.meta.dir, "../..");
let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "gatehouse-cli-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Runs one command in a process of its own, in a directory of its own. */
const cli = (args: string[], options: Omit<CommandOptions, "cwd"> = {}) =>
  runCommand(args, { cwd: directory, ...options });

/** A migrated database that a command can reach. */
async function reachable() {
  const place = await openPlace();
  return { url: place.env.DATABASE_URL, dispose: () => place[Symbol.asyncDispose]() };
}

describe("the program", () => {
  test("exits with 0 for --help at every level, 2 for wrong usage", async () => {
    for (const args of [["--help"], ["db", "--help"], ["admin", "create", "--help"]]) {
      const { out, code } = await cli(args);
      expect([code, out.startsWith("Usage:")]).toEqual([0, true]);
    }
    for (const args of [["nonsense"], ["db", "nonsense"], ["admin", "create"]]) expect((await cli(args)).code).toBe(2);
  });

  test("exits with 1 and names every wrong setting", async () => {
    const { code, err } = await cli(["db", "status"], { env: { PORT: "x", DATABASE_URL: "mysql://x" } });
    expect(code).toBe(1);
    expect(err).toContain("PORT");
    expect(err).toContain("DATABASE_URL");
  });

  test("prints the document that the server serves, and reaches for no database", async () => {
    const { out, code } = await cli(["openapi"], { env: { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" } });
    expect(code).toBe(0);
    await inSandbox(async ({ anonymous }) => {
      expect(JSON.parse(out)).toEqual((await anonymous.get("/openapi.json")).body);
    });
  });
});

describe("db", () => {
  test("health exits with 1 when nobody answers, without the password in what it says", async () => {
    const { code, err, out } = await cli(["db", "health"], {
      env: { DATABASE_URL: "postgres://u:hunter2@127.0.0.1:1/none" },
    });
    expect(code).toBe(1);
    expect(err).toContain("ECONNREFUSED");
    expect(err + out).not.toContain("hunter2");
  });

  test("rollback, status and migrate go one step down and up again", async () => {
    const { url, dispose } = await reachable();
    const env = { DATABASE_URL: url };
    try {
      const rolledBack = await cli(["db", "rollback"], { env });
      const tag = /^rolled back (\S+)\n$/.exec(rolledBack.out)?.[1];
      expect(tag).toBeString();
      const status = await cli(["db", "status", "--exit-code"], { env });
      const pending = status.out.trim().split("\n").slice(-2);
      expect([status.code, pending]).toEqual([
        3,
        [`pending                   ${tag}`, "pending                   guards"],
      ]);
      expect((await cli(["db", "migrate"], { env })).out).toBe(`applied ${tag}\napplied guards\n`);
      expect((await cli(["db", "migrate"], { env })).out).toBe("nothing to apply\n");
      const health = await cli(["db", "health", "--json"], { env });
      expect(JSON.parse(health.out)).toMatchObject({ pending: 0, pool: { max: expect.any(Number) } });
    } finally {
      await dispose();
    }
  });

  test("rollback exits with 1 in production without --yes", async () => {
    const env = {
      NODE_ENV: "production",
      BASE_URL: "https://auth.example",
      AUTH_SECRET: "x".repeat(32),
      DATABASE_URL: "postgres://u@127.0.0.1:1/none",
    };
    const { code, err } = await cli(["db", "rollback"], { env });
    expect([code, err]).toEqual([1, "db rollback loses data: in production it takes --yes\n"]);
  });
});

describe("admin create", () => {
  test("makes an administrator, shows a made password once and keeps the secret to its owner", async () => {
    const { url, dispose } = await reachable();
    const env = { DATABASE_URL: url };
    try {
      const made = await cli(["admin", "create", "--email", "Root@Example.com"], { env });
      expect(made.code).toBe(0);
      expect(made.out).toMatch(/^made the administrator root@example\.com \(\S+\)\n[\w-]{24}\n$/);
      expect((await stat(join(directory, ".gatehouse/secret"))).mode & 0o777).toBe(0o600);
      const again = await cli(["admin", "create", "--email", "root@example.com"], { env });
      expect([again.code, again.out.includes("already")]).toEqual([0, true]);
      const short = await cli(["admin", "create", "--email", "b@example.com"], { env, stdin: "short\n" });
      expect([short.code, short.err]).toEqual([1, "Password too short\n"]);
      const own = await cli(["admin", "create", "--email", "b@example.com"], { env, stdin: "example.com\n" });
      expect([own.code, own.err]).toEqual([1, expect.stringContaining("made of your name or your e-mail address")]);
      const piped = await cli(["admin", "create", "--email", "b@example.com"], {
        env,
        stdin: "long enough this\nrest",
      });
      expect(piped.out).toMatch(/^made the administrator b@example\.com \(\S+\)\n$/);
      const database = await openDatabase({ url, schema });
      const rows = await database.statement(
        "",
        `select email, role, email_verified as verified, (select count(*)::int from account a where a.user_id = u.id) as accounts,
          (select count(*)::int from user_profile p where p.user_id = u.id) as profiles,
          (select actor_type::text from audit_event where entity_id = u.id) as actor
         from "user" u order by email desc`,
        [],
      );
      await database.close();
      const shared = { role: "admin", verified: true, accounts: 1, profiles: 1, actor: "system" };
      expect(rows).toEqual([
        { email: "root@example.com", ...shared },
        { email: "b@example.com", ...shared },
      ]);
    } finally {
      await dispose();
    }
  });
});

describe("db generate", () => {
  const imports = `
import { pgTable } from "drizzle-orm/pg-core";
import { id, organizationId } from "../../../db/schema/columns.ts";
import { organization } from "../../../auth/tables/organization.ts";
`;
  const table = `
export const label = pgTable(
  "label",
  { id: id(), organizationId: organizationId(() => organization.id), name: text("name").notNull() },
);
`;

  test("writes a migration and a down file, then nothing; --check names what is missing; a rename without a terminal fails and doesn't hang", async () => {
    const copy = join(directory, "copy");
    await mkdir(copy);
    for (const name of ["src", "drizzle", "drizzle.config.ts", "package.json", "tsconfig.json"])
      await cp(join(root, name), join(copy, name), { recursive: true });
    await symlink(join(root, "node_modules"), join(copy, "node_modules"));
    expect(await cli(["db", "generate"], { from: copy })).toMatchObject({ out: "no changes\n", code: 0 });

    const path = join(copy, "src/modules/work/projects/table.ts");
    const before = await Bun.file(path).text();
    await Bun.write(path, imports + before + table);
    const drifted = await cli(["db", "generate", "--check"], { from: copy });
    expect([drifted.code, drifted.err]).toEqual([1, expect.stringContaining("tables.public.label: (absent) → ")]);
    const made = await cli(["db", "generate", "--name", "labels"], { from: copy });
    const tag = /wrote drizzle\/(\d+_labels)\.sql/.exec(made.out)?.[1];
    expect([made.code, typeof tag]).toEqual([0, "string"]);
    expect(await Bun.file(join(copy, `drizzle/down/${tag}.sql`)).text()).toBe('DROP TABLE "label";\n');
    expect(await cli(["db", "generate"], { from: copy })).toMatchObject({ out: "no changes\n", code: 0 });

    expect(await cli(["db", "generate", "--check"], { from: copy })).toMatchObject({ out: "no drift\n", code: 0 });
    const { url, dispose } = await reachable();
    const migrated = await cli(["db", "migrate"], { from: copy, env: { DATABASE_URL: url } });
    expect(migrated).toMatchObject({ out: `applied ${tag}\napplied guards\n`, code: 0 });
    // The new table is closed and granted without a word about it.
    const database = await openDatabase({ url, schema });
    const text = `select relforcerowsecurity as forced, has_table_privilege('gatehouse_app', oid, 'insert') as granted,
      exists (select from pg_policy where polrelid = c.oid) as policed from pg_class c where relname = 'label'`;
    expect(await database.statement("", text, [])).toEqual([{ forced: true, granted: true, policed: true }]);
    await database.close();
    await dispose();

    await Bun.write(path, imports + before + table.replace('name: text("name")', 'title: text("title")'));
    const renamed = await cli(["db", "generate"], { from: copy });
    expect(renamed.code).toBe(1);
    expect(renamed.err).toContain("run this in a terminal");
  });
});

test("queue status tells what waits and why, and queue retry makes it due", async () => {
  const { url, dispose } = await reachable();
  try {
    const env = { DATABASE_URL: url };
    expect(await cli(["queue", "status"], { env })).toMatchObject({
      out: "nothing waits, and nothing was given up\n",
      code: 0,
    });
    const database = await openDatabase({ url, schema });
    const insert = `insert into job (id, kind, payload, created_at, run_at, attempts, last_error, failed_at) values
      (gen_random_uuid(), 'mail', '', $1, $2, 1, 'greylisted', null), (gen_random_uuid(), 'mail', '', $1, $1, 30, 'away', $1)`;
    await database.statement("", insert, [new Date("2026-11-21T23:14:00Z"), new Date("2999-01-01T00:00:00Z")]);
    await database.close();
    const { out } = await cli(["queue", "status"], { env });
    expect(out).toBe(
      "mail: 1 wait (1 after a failure), the oldest since 2026-11-21T23:14:00.000Z; 1 given up\n  last error: greylisted\n",
    );
    expect(await cli(["queue", "retry", "other"], { env })).toMatchObject({ out: "0 due now\n", code: 0 });
    expect(await cli(["queue", "retry", "mail"], { env })).toMatchObject({ out: "2 due now\n", code: 0 });
    expect((await cli(["queue", "status"], { env })).out).toContain("mail: 2 wait");
  } finally {
    await dispose();
  }
}, 60_000);
