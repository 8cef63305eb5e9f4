import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../src/db/open.ts";
import type { Database } from "../../src/db/types.ts";
import * as schema from "../../src/schema.ts";
import { openPlace, type Place } from "../harness/place.ts";
import { runService, type ServiceProcess, startService } from "../harness/process.ts";
import { betweenAsks, until } from "../harness/time.ts";
import { send, type Visitor, visitor } from "../harness/visitor.ts";

const root = join(import.meta.dir, "../..");
const program = "test/races/programs/next-release.ts";

/** What the release after this one adds, and what the one after that takes away. */
const next = {
  "9001_label": "-- expand\nalter table project add column label text",
  "9002_label_index":
    "-- expand\n-- no-transaction: writers go on\ncreate index concurrently project_label_idx on project (organization_id, label)",
};
const after = {
  ...next,
  "9003_labelled":
    "-- contract after 9001_label: every release since writes it\nalter table project add constraint labelled check (label is not null) not valid",
};

let directory: string;
let place: Place;
/** The databases that these tests have made beside that of the place. */
const made: string[] = [];

const database = <T>(work: (database: Database) => Promise<T>) => place.database(work);
const rows = <R>(text: string) => database((it) => it.statement<R>("", text, []));

/** A folder with this release's migrations and these. */
async function migrations(name: string, more: Record<string, string>): Promise<string> {
  const folder = join(directory, name);
  await cp(join(root, "drizzle"), folder, { recursive: true });
  const journal = (await Bun.file(join(folder, "meta/_journal.json")).json()) as { entries: { tag: string }[] };
  for (const [tag, sql] of Object.entries(more)) await Bun.write(join(folder, `${tag}.sql`), sql);
  const entries = [...journal.entries, ...Object.keys(more).map((tag) => ({ tag }))];
  await Bun.write(join(folder, "meta/_journal.json"), JSON.stringify({ entries }));
  return folder;
}

/** What each of these servers has applied as it started. */
const applied = (servers: readonly ServiceProcess[]): string[][] =>
  servers.map((server) => {
    const said = server
      .output()
      .split("\n")
      .find((line) => line.includes('"msg":"listening"'));
    return (JSON.parse(said ?? "{}") as { migrated?: string[] }).migrated ?? [];
  });

const four = <T>(make: () => Promise<T>): Promise<T[]> => Promise.all([1, 2, 3, 4].map(make));
const stop = (servers: readonly ServiceProcess[]) =>
  Promise.all(servers.map(async (server) => expect(await server.stop()).toBe(0)));
const ready = async ({ url }: ServiceProcess) => (await send(url, "", "GET", "/readyz")).status;

describe.skipIf(!process.env["TEST_DATABASE_URL"])("servers over one database", () => {
  beforeEach(async () => {
    [place, directory] = await Promise.all([openPlace(), mkdtemp(join(tmpdir(), "gatehouse-upgrade-"))]);
  });
  afterEach(async () => {
    for (const name of made.splice(0)) await rows(`drop database if exists ${name} with (force)`);
    await place?.[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  });

  test("four that start at once where it is empty: one makes it, three wait, all serve", async () => {
    const url = new URL(place.env.DATABASE_URL);
    const name = `${url.pathname.slice(1)}_empty`;
    made.push(name);
    await rows(`create database ${name}`);
    url.pathname = `/${name}`;
    const servers = await four(() => startService({ env: { ...place.env, DATABASE_URL: url.href } }));
    expect(applied(servers).filter((tags) => tags.length > 0)).toHaveLength(1);
    expect(await Promise.all(servers.map(ready))).toEqual([200, 200, 200, 200]);
    await stop(servers);
    const empty = await openDatabase({ url: url.href, schema });
    expect(
      await empty.statement("", "select count(*)::int as n from gatehouse.schema_migration where tag = 'guards'", []),
    ).toEqual([{ n: 1 }]);
    await empty.close();
  });

  test("four that start at once where one was killed while it built an index: one repairs it, three wait, all serve", async () => {
    const NEXT_MIGRATIONS = await migrations("next", next);
    // The index waits for a transaction that is open.
    const holding = await openDatabase({ url: place.env.DATABASE_URL, schema, poolMax: 1 });
    await holding.session(async (on) => {
      await on.exec("begin isolation level repeatable read; select 1");
      const killed = runService({ program, env: { ...place.env, PORT: "0", NEXT_MIGRATIONS } });
      const building =
        "select pid from pg_stat_activity where query like '%create index concurrently%' and pid <> pg_backend_pid()";
      await until(async () => (await rows(building)).length > 0 && (await indexes()).length > 0);
      killed.signal("SIGKILL");
      await rows(`select pg_terminate_backend(pid) from (${building}) it`);
      await on.exec("rollback");
    });
    await holding.close();
    expect(await indexes()).toEqual([{ valid: false }]);

    const servers = await four(() => startService({ program, env: { ...place.env, NEXT_MIGRATIONS } }));
    expect(applied(servers).toSorted((a, b) => a.length - b.length)).toEqual([
      [],
      [],
      [],
      ["9002_label_index", "guards"],
    ]);
    expect(await indexes()).toEqual([{ valid: true }]);
    expect(await Promise.all(servers.map(ready))).toEqual([200, 200, 200, 200]);
    await stop(servers);
  });

  test("the old release and the next one, at once and in turns, up and back, without a request that fails", async () => {
    const NEXT_MIGRATIONS = await migrations("next", next);
    const old = () => startService({ env: { ...place.env } });
    const newer = () => startService({ program, env: { ...place.env, NEXT_MIGRATIONS } });
    const [first, second] = await Promise.all([old(), old()]);
    const load = await openLoad([first, second]);

    const other = await newer();
    expect(applied([other])).toEqual([["9001_label", "9002_label_index", "guards"]]);
    load.to([first, second, other]);
    await load.passes();

    // A server of the old release that crashes comes back beside the next one.
    load.to([first, other]);
    await load.left(second);
    await second[Symbol.asyncDispose]();
    const back = await old();
    expect(back.output()).toContain(
      "newer releases have applied 9001_label, 9002_label_index, which this one works with",
    );
    load.to([back, other]);
    await load.left(first);
    await stop([first]);
    await load.passes();

    // It labels what is there, also what the old release writes meanwhile.
    await until(async () => (await load.labels(other)).labelled > 100);

    // And back to the old release, over the schema of the next one.
    load.to([back]);
    await load.left(other);
    await stop([other]);
    await load.passes();
    expect(await load.end()).toEqual([]);
    await stop([back]);
  });

  test("a release that takes away what the old one uses goes on; the old one is refused in one line", async () => {
    const NEXT_MIGRATIONS = await migrations("after", after);
    const last = await startService({ program, env: { ...place.env, NEXT_MIGRATIONS } });
    expect(applied([last])[0]).toContain("9003_labelled");
    await using refused = runService({ env: { ...place.env, PORT: "0" } });
    expect(await refused.exited).toBe(1);
    expect(refused.output()).toMatch(
      /^PostgreSQL at [^\n]*: Migration 9003_labelled is applied, which this release can't work with: start a newer one\n$/,
    );
    await stop([last]);
  });
});

const indexes = () =>
  rows<{ valid: boolean }>(
    "select indisvalid as valid from pg_index where indexrelid = to_regclass('project_label_idx')",
  );

/** People who read and write all the time, at servers that can be exchanged as a load balancer does. */
async function openLoad(servers: readonly ServiceProcess[]) {
  const who: Visitor = await visitor(servers[0]!.url);
  const slug = `org-${Bun.randomUUIDv7().slice(-12)}`;
  const created = await send(servers[0]!.url, who.cookie, "POST", "/v1/orgs", { name: "Organization", slug });
  expect(created.status).toBe(201);
  let chosen = servers;
  let turn = 0;
  let done = 0;
  const over = new AbortController();
  const failed: string[] = [];
  const underWay = new Map<string, number>();
  const busy = (url: string, by: number) => underWay.set(url, (underWay.get(url) ?? 0) + by);
  const ask = async (method: string, path: string, body?: unknown) => {
    const { url } = chosen[turn++ % chosen.length]!;
    busy(url, 1);
    const answer = await send(url, who.cookie, method, path, body).catch((err: Error) => ({
      status: 0,
      text: err.message,
    }));
    busy(url, -1);
    done++;
    if (answer.status !== 200 && answer.status !== 201)
      failed.push(`${method} ${path}: ${answer.status} ${answer.text}`);
  };
  const people = Array.from({ length: 6 }, async (_, person) => {
    // Servers start beside them on the same machine.
    for (let n = 0; !over.signal.aborted; await betweenAsks(20), n++)
      await (person % 2 === 0
        ? ask("GET", `/v1/verify?org=${slug}&permission=project:read`)
        : ask("POST", `/v1/orgs/${slug}/projects`, { name: `Project ${person} ${n}` }));
  });
  await until(() => done > 50);
  return {
    to: (others: readonly ServiceProcess[]) => void (chosen = others),
    left: ({ url }: ServiceProcess) => until(() => (underWay.get(url) ?? 0) === 0),
    async passes() {
      const from = done;
      await until(() => done > from + 50);
    },
    async labels({ url }: ServiceProcess) {
      const { body } = await send(url, who.cookie, "GET", `/v1/orgs/${slug}/labels`);
      return body as { projects: number; labelled: number };
    },
    async end() {
      over.abort();
      await Promise.all(people);
      return failed;
    },
  };
}
