import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { generateApiKey } from "../../src/core/api-key.ts";
import { catalogueFrom } from "../../src/core/access/permission.ts";
import type { Database } from "../../src/db/types.ts";
import { modules } from "../../src/modules.ts";
import { keyLoader } from "../../src/verify/load/api-key.ts";
import { createMeter } from "../../src/verify/meter.ts";
import { sessionLoader } from "../../src/verify/load/session.ts";
import { createUsage } from "../../src/verify/usage.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { silentLog } from "../../src/ops/log.ts";

// 100 000 keys and sessions, 1 000 organizations, of which one has 20 000 members.
let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
  await fresh.database.session(async ({ exec }) => {
    await exec(`insert into "user" (id, name, email, email_verified, created_at, updated_at)
      select 'u' || n, 'Person', 'person-' || n || '@example.com', true, now(), now() from generate_series(1, 20000) n`);
    await exec(`insert into organization (id, name, slug, created_at)
      select 'o' || n, 'Organization', 'org-' || n, now() from generate_series(1, 1000) n`);
    await exec(`insert into member (id, organization_id, user_id, role, created_at)
      select 'm' || n, 'o' || n, 'u' || n, 'owner', now() from generate_series(1, 1000) n
      union all select 'n' || n, 'o1', 'u' || n, 'member', now() from generate_series(2, 20000) n`);
    await exec(`insert into apikey (id, reference_id, created_by, name, key, previous_key, remaining, created_at, updated_at)
      select 'k' || n, 'o' || n % 1000 + 1, 'u' || n % 1000 + 1, 'Key', md5(n::text), case when n % 10 = 0 then md5('previous ' || n) end,
        1000, now(), now() from generate_series(1, 100000) n`);
    await exec(`begin; set local statement_timeout = 0;
      insert into session (id, token, user_id, expires_at, active_organization_id, created_at, updated_at)
      select 's' || n, md5(n::text), 'u' || n % 1000 + 1, now() + interval '1 day', 'o' || n % 1000 + 1, now(), now()
      from generate_series(1, 100000) n;
      commit`);
    await exec("vacuum analyze");
  });
}, 120_000);
afterAll(() => fresh.dispose());

type Statement = { text: string; values: readonly unknown[] };
type Node = Record<string, unknown> & { Plans?: Node[] };

/** What `run` asks of the database. */
async function asked(run: (database: Database) => Promise<unknown>): Promise<Statement> {
  const found: Statement[] = [];
  const statement: Database["statement"] = async (_name, text, values) => {
    found.push({ text, values });
    return [];
  };
  await run({ ...fresh.database, statement });
  expect(found.length).toBe(1);
  return found[0] as Statement;
}

const plain = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value));
const literal = (value: unknown): string =>
  Array.isArray(value) ? `'{${value.map((one) => JSON.stringify(plain(one))).join(",")}}'` : `'${plain(value)}'`;

/** The steps of the plan that serves whatever values come: the one that a prepared statement settles on. */
async function genericPlan({ text, values }: Statement): Promise<Node[]> {
  const flatten = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(flatten)];
  return fresh.database.session(async ({ exec, run }) => {
    await exec("set plan_cache_mode = force_generic_plan");
    await exec(`prepare looked_at as ${text}`);
    const explained = `explain (format json) execute looked_at(${values.map(literal).join(", ")})`;
    const { rows } = await run({ text: explained, values: [], shape: "object" });
    await exec("deallocate looked_at; reset plan_cache_mode");
    return flatten((rows as [{ "QUERY PLAN": [{ Plan: Node }] }])[0]["QUERY PLAN"][0].Plan);
  });
}

const clock = () => new Date();
const catalogue = catalogueFrom(modules);
const log = silentLog;
const timeoutMs = 60_000;
const large = ["apikey", "session", "user", "member", "organization"];

describe("by index at 100,000 rows, whatever the values", () => {
  const statements: Record<string, [(database: Database) => Promise<unknown>, string[]]> = {
    "an API key is verified": [
      (database) => keyLoader({ database, catalogue, clock, timeoutMs })(generateApiKey()),
      ["apikey_key_unique", "apikey_previous_key_unique", "organization_pkey", "user_pkey"],
    ],
    "a session is verified": [
      (database) =>
        sessionLoader({ database, catalogue, clock, timeoutMs })({
          token: "x",
          selector: { by: "slug", slug: "org-1" },
        }),
      ["organization_pkey", "organization_slug_unique", "session_token_unique", "user_pkey"],
    ],
    "uses are counted against limits": [
      (database) => createMeter({ database, clock, timeoutMs })("k1"),
      ["apikey_pkey"],
    ],
    "uses are noted": [
      async (database) => {
        const usage = createUsage({ database, clock, log }, 60_000);
        usage.count("k1");
        usage.count("k2");
        await usage.close();
      },
      ["apikey_pkey"],
    ],
  };
  for (const [what, [run, indexes]] of Object.entries(statements))
    test(what, async () => {
      const steps = await genericPlan(await asked(run));
      const scans = steps.filter((step) => large.includes(String(step["Relation Name"])));
      expect(scans.filter((step) => step["Node Type"] === "Seq Scan")).toEqual([]);
      const used = scans.flatMap((step) => (typeof step["Index Name"] === "string" ? [step["Index Name"]] : []));
      for (const name of indexes) expect(used).toContain(name);
      // Some have many memberships and some organizations many members: a membership is entered by both.
      for (const step of scans.filter((step) => step["Relation Name"] === "member"))
        expect(String(step["Index Cond"])).toMatch(/organization_id = .*user_id = |user_id = .*organization_id = /);
    });
});
