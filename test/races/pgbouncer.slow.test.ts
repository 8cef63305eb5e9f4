import { expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqlState } from "../../src/db/errors.ts";
import { advisoryLock } from "../../src/db/locks.ts";
import { migrate } from "../../src/db/migrate.ts";
import { openDatabase } from "../../src/db/open.ts";
import * as schema from "../../src/schema.ts";
import { failure } from "../db/failure.ts";
import { freshDatabase } from "../harness/database.ts";
import { type Bouncer, noBouncer, openBouncer } from "../harness/pgbouncer.ts";
import { runService, startService } from "../harness/process.ts";
import { visitor } from "../harness/visitor.ts";

/** A database and the two ways to it. */
async function behindBouncer(run: (pooled: string, direct: string, bouncer: Bouncer) => Promise<void>): Promise<void> {
  await using fresh = await freshDatabase();
  await using bouncer = await openBouncer(fresh.url ?? "", 3);
  await run(bouncer.through(fresh.url ?? ""), fresh.url ?? "", bouncer);
}

const title = noBouncer ? `(${noBouncer}) ` : "";

test.skipIf(noBouncer !== null)(`${title}four processes migrate an empty database at once, and no lock stays`, () =>
  behindBouncer(async (url, directUrl) => {
    const all = await Promise.all([1, 2, 3, 4].map(() => openDatabase({ url, directUrl, schema })));
    const [first] = all;
    await first!.session((on) => on.exec("drop schema public, gatehouse, guard cascade; create schema public"));
    const applied = await Promise.all(all.map((database) => migrate(database)));
    expect(applied.filter((tags) => tags.length > 0)).toHaveLength(1);
    const locks = "select count(*)::int as held from pg_locks where locktype = 'advisory' and objid = $1";
    expect(await first!.statement("locks", locks, [advisoryLock.migrations])).toEqual([{ held: 0 }]);
    await Promise.all(all.map((database) => database.close()));
  }),
);

test.skipIf(noBouncer !== null)(`${title}statements of every kind share its connections, many at once`, () =>
  behindBouncer(async (url, directUrl) => {
    const database = await openDatabase({ url, directUrl, schema, poolMax: 20 });
    const scope = { "app.organization_id": "none", "app.user_id": "" };
    const ask = async (n: number): Promise<number> => {
      if (n % 3 === 0) return (await database.statement<{ n: number }>("same_name", "select $1::int as n", [n]))[0]!.n;
      if (n % 3 === 1) return n + (await database.scoped(scope).select().from(schema.project)).length;
      return database.transaction(scope, async (tx) => {
        const { rows } = await tx.execute<{ n: number }>(sql`select ${n}::int as n`);
        return rows[0]!.n;
      });
    };
    const asked = Array.from({ length: 300 }, (_, n) => n);
    expect(await Promise.all(asked.map(ask))).toEqual(asked);
    await database.close();
  }),
);

test.skipIf(noBouncer !== null)(
  `${title}a statement's time is limited, and other clients of the pooler keep theirs`,
  () =>
    behindBouncer(async (url, directUrl) => {
      const database = await openDatabase({ url, directUrl, schema, statementTimeoutMs: 300 });
      const scope = { "app.organization_id": "none", "app.user_id": "" };
      const sleep = sql`select pg_sleep(30)`;
      const sleepers: (() => Promise<unknown>)[] = [
        () => database.statement("sleep", "select pg_sleep(30)", []),
        async () => await database.db.execute(sleep),
        () => database.db.transaction(async (tx) => await tx.execute(sleep)),
        () => database.transaction(scope, async (tx) => await tx.execute(sleep)),
        async () =>
          await database
            .scoped(scope)
            .select({ slept: sql`pg_sleep(30)` })
            .from(sql`generate_series(1, 1)`),
      ];
      for (const asleep of sleepers) expect(sqlState(await failure(asleep()))).toBe("57014");
      await database.close();
      const other = await openDatabase({ url, directUrl, schema, statementTimeoutMs: 0 });
      for (let n = 0; n < 6; n++)
        expect(await other.statement("limit", "show statement_timeout", [])).toEqual([{ statement_timeout: "0" }]);
      await other.close();
    }),
);

test.skipIf(noBouncer !== null)(
  `${title}the service starts, migrates, signs people in and refuses them once signed out`,
  () =>
    behindBouncer(async (url, directUrl) => {
      const directory = await mkdtemp(join(tmpdir(), "gatehouse-"));
      const env = { STATE_DIR: directory, DATABASE_URL: url, DATABASE_DIRECT_URL: directUrl };
      {
        await using service = await startService({ env });
        const { send } = await visitor(service.url);
        expect((await send("POST", "/v1/orgs", { name: "Acme", slug: "acme" })).status).toBe(201);
        const many = Array.from({ length: 60 }, (_, n) => send("POST", "/v1/orgs/acme/projects", { name: `P${n}` }));
        expect(new Set((await Promise.all(many)).map(({ status }) => status))).toEqual(new Set([201]));
        expect((await send("GET", "/v1/verify")).status).toBe(200);
        expect((await send("POST", "/api/auth/sign-out", {})).status).toBe(200);
        expect((await send("GET", "/v1/verify")).status).toBe(401);
        expect(await service.stop()).toBe(0);
      }
      await rm(directory, { recursive: true, force: true });
    }),
);

test.skipIf(noBouncer !== null)(
  `${title}without the way past it, the service says in one line which setting is missing`,
  () =>
    behindBouncer(async (url) => {
      const directory = await mkdtemp(join(tmpdir(), "gatehouse-"));
      await using service = runService({ env: { PORT: "0", STATE_DIR: directory, DATABASE_URL: url } });
      expect(await service.exited).toBe(1);
      expect(service.output().trim().split("\n")).toHaveLength(1);
      expect(service.output()).toContain("DATABASE_DIRECT_URL");
      await rm(directory, { recursive: true, force: true });
    }),
);
