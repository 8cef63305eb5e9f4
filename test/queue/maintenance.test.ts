import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { endOf } from "../../src/db/ending.ts";
import { endingsOf, maintain, purgeExpired, purgeTrash } from "../../src/queue/maintenance.ts";
import { inSandbox, type Organization, type Service } from "../harness/app.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { withoutAccount } from "../harness/without-account.ts";

const DAY_MS = 24 * 3600 * 1000;

/** Deletes `count` projects, with a live task each, and as many tasks of a project that stays. */
async function fill({ owner, id }: Organization, count: number): Promise<{ projects: string; kept: string }> {
  const projects = `/v1/orgs/${id}/projects`;
  const made = async (path: string, body: object) => {
    const answer = await owner.post(path, body);
    if (answer.status !== 201) throw new Error(answer.text);
    return (answer.body as { id: string }).id;
  };
  const kept = await made(projects, { name: "Kept" });
  for (let n = 0; n < count; n++) {
    const gone = await made(projects, { name: `Gone ${n}` });
    await made(`${projects}/${gone}/tasks`, { title: "Goes along" });
    await owner.delete(`${projects}/${gone}`);
    const task = await made(`${projects}/${kept}/tasks`, { title: `Gone ${n}` });
    await owner.delete(`${projects}/${kept}/tasks/${task}`);
  }
  return { projects, kept };
}

const inTrash = async ({ owner, id }: Organization) =>
  ((await owner.get(`/v1/orgs/${id}/trash?limit=100`)).body as { data: unknown[] }).data.length;

const stored = async ({ database }: Service, table: "project" | "task") =>
  (await database.statement<{ n: number }>(`purge_count_${table}`, `select count(*)::int as n from "${table}"`, []))[0]
    ?.n;

// Purging counts what there is: nobody but a test's own people is in this database.
let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh.dispose());

const alone = (test: (service: Service) => Promise<void>, env: Record<string, string> = {}) =>
  inSandbox(test, { database: fresh.database, env });

// So that people stay signed in while the trash grows old.
const withLongSessions = (test: (service: Service) => Promise<void>) => alone(test, { SESSION_MAX_AGE: "8640000" });

const options = { olderThanDays: 30, batch: 2 };

describe("purgeTrash", () => {
  test("ends what is older than the retention, in every organization, in batches, with an event each", () =>
    withLongSessions(async (service) => {
      const [one, two] = [await service.organization(), await service.organization()];
      await fill(one, 5);
      await fill(two, 1);
      service.clock.advance(29 * DAY_MS);
      expect(await purgeTrash(service.deps, options)).toEqual({ purged: { projects: 0, tasks: 0 }, yielded: false });
      service.clock.advance(2 * DAY_MS);
      expect(await purgeTrash(service.deps, options)).toEqual({ purged: { projects: 6, tasks: 6 }, yielded: false });
      expect([await stored(service, "project"), await stored(service, "task")]).toEqual([2, 0]);
      const events = await service.database.statement(
        "purge_purged",
        `select organization_id, action, actor_id, ip_address, count(*)::int as n, count(distinct entity_id)::int as distinct
         from audit_event where actor_type = 'system' group by 1, 2, 3, 4 order by n desc, action`,
        [],
      );
      const event = (organization_id: string, action: string, n: number) => ({
        organization_id,
        action,
        actor_id: null,
        ip_address: null,
        n,
        distinct: n,
      });
      expect(events).toEqual([
        event(one.id, "project.purged", 5),
        event(one.id, "task.purged", 5),
        event(two.id, "project.purged", 1),
        event(two.id, "task.purged", 1),
      ]);
      expect(await purgeTrash(service.deps, options)).toEqual({ purged: { projects: 0, tasks: 0 }, yielded: false });
    }));

  test("leaves what was deleted since, and what is live", () =>
    withLongSessions(async (service) => {
      const organization = await service.organization();
      const { projects, kept } = await fill(organization, 1);
      service.clock.advance(20 * DAY_MS);
      const { owner } = organization;
      const { id } = (await owner.post(projects, { name: "Later" })).body as { id: string };
      await owner.delete(`${projects}/${id}`);
      service.clock.advance(11 * DAY_MS);
      expect(await purgeTrash(service.deps, options)).toEqual({ purged: { projects: 1, tasks: 1 }, yielded: false });
      expect(await inTrash(organization)).toBe(1);
      expect((await owner.post(`${projects}/${id}/restore`)).status).toBe(200);
      expect((await owner.get(`${projects}/${kept}`)).status).toBe(200);
    }));

  test("ends nothing whose event can't be written", () =>
    withLongSessions(async (service) => {
      const organization = await service.organization();
      await fill(organization, 3);
      service.clock.advance(31 * DAY_MS);
      const recordAudit = () => Promise.reject(new Error("no ink"));
      const failed = await purgeTrash({ ...service.deps, recordAudit }, options).then(String, String);
      expect(failed).toBe("Error: no ink");
      expect(await inTrash(organization)).toBe(6);
    }));

  test("ends nothing once it is told to stop", () =>
    withLongSessions(async (service) => {
      const organization = await service.organization();
      await fill(organization, 1);
      service.clock.advance(31 * DAY_MS);
      const done = await purgeTrash(service.deps, { ...options, signal: AbortSignal.abort() });
      expect(done).toEqual({ purged: { projects: 0, tasks: 0 }, yielded: false });
      expect(await inTrash(organization)).toBe(2);
    }));
});

// A row of each kind that ends, at an instant: `$1` names the row and `$2` says when.
const rows: Record<keyof ReturnType<typeof endingsOf>, string> = {
  sessions: `insert into session (id, token, user_id, expires_at, created_at, updated_at) select $1, $1, id, $2, now(), now() from "user"`,
  verifications:
    "insert into verification (id, identifier, value, expires_at, created_at, updated_at) values ($1, $1, $1, $2, now(), now())",
  invitations: `insert into invitation (id, organization_id, email, inviter_id, expires_at, created_at)
    select $1, organization_id, 'ada@example.com', user_id, $2, now() from member`,
  keys: `insert into apikey (id, reference_id, key, created_by, expires_at, created_at, updated_at)
    select $1, organization_id, $1, user_id, $2, now(), now() from member`,
  usage: `insert into apikey_usage (apikey_id, organization_id, day, count)
    select id, organization_id, $2::date, length($1) from apikey where expires_at > now() + interval '9 years'`,
  counters: "insert into rate_limit (key, used, ends_at) values ($1, 1, extract(epoch from $2::timestamptz) * 1000)",
  jobs: "insert into job (id, kind, key, payload, created_at, run_at) values (gen_random_uuid(), 'x', $1, '', now(), $2)",
  visits: `insert into trail (id, organization_id, user_id, session_id, url, at)
    select gen_random_uuid(), organization_id, user_id, $1, '/', $2 from member`,
};

test("purgeExpired removes what ended longer ago than the settings keep it, and nothing else", () =>
  alone(async (service) => {
    const { database, clock, deps, organization } = service;
    const { owner } = await organization();
    await database.statement("", "update session set expires_at = $1", [new Date(clock.now().getTime() + DAY_MS)]);
    await database.statement("", rows["keys"]!, ["usage", new Date(clock.now().getTime() + 3653 * DAY_MS)]);
    const endings = endingsOf(deps.modules);
    const kept = { ...deps.config.retention.days, sessions: 2, verifications: 1 };
    for (const [name, ending] of Object.entries(endings)) {
      const end = endOf(ending, clock.now(), kept).getTime();
      const step = name === "usage" ? DAY_MS : 60_000;
      for (const [at, row] of [-3, -2, -1, 1].entries())
        await database.statement("", rows[name]!, [`${name}-${at}`, new Date(end + row * step)]);
    }
    const counted = async () =>
      Object.fromEntries(
        await Promise.all(
          Object.entries(endings).map(async ([name, { table }]) => {
            const [row] = await database.statement<{ n: number }>("", `select count(*)::int as n from "${table}"`, []);
            return [name, row?.n ?? 0] as const;
          }),
        ),
      );
    const before = await counted();
    const three = Object.fromEntries(Object.keys(endings).map((name) => [name, 3]));
    expect(await purgeExpired(deps, { batch: 2, retention: kept })).toEqual({
      purged: { ...three, people: 0 },
      yielded: false,
    });
    expect(await counted()).toEqual(Object.fromEntries(Object.entries(before).map(([name, n]) => [name, n - 3])));
    const none = Object.fromEntries(Object.keys(endings).map((name) => [name, 0]));
    expect(await purgeExpired(deps, { batch: 2, retention: kept })).toEqual({
      purged: { ...none, people: 0 },
      yielded: false,
    });
    expect((await owner.get("/v1/me")).status).toBe(200);
  }));

test("purgeExpired deletes who has no account and no session any more, and nobody else", () =>
  alone(async (service) => {
    const { clock, database, deps } = service;
    const options = { batch: 1, retention: deps.config.retention.days };
    const [gone, stays, recent] = [
      await withoutAccount(service),
      await withoutAccount(service),
      await withoutAccount(service),
    ];
    const account = await service.signUp();
    const all = [gone, stays, recent, account].map(({ userId }) => userId);
    const ended = `delete from session where user_id = any($1)`;
    await database.statement("purge_ended", ended, [[gone.userId, recent.userId, account.userId]]);
    await database.statement("purge_recent", `update "user" set created_at = now() + interval '2 days' where id = $1`, [
      recent.userId,
    ]);
    const left = async () => {
      const text = `select id from "user" where id = any($1)`;
      const rows = await database.statement<{ id: string }>("purge_people", text, [all]);
      return all.filter((id) => rows.some((row) => row.id === id));
    };
    expect((await purgeExpired(deps, options)).purged).toMatchObject({ people: 0 });
    clock.advance(31 * DAY_MS);
    await database.statement("purge_kept", "update session set expires_at = $1", [new Date(Date.now() + 90 * DAY_MS)]);
    expect((await purgeExpired(deps, options)).purged).toMatchObject({ people: 1 });
    expect(await left()).toEqual([stays.userId, recent.userId, account.userId]);
    const events = await database.statement(
      "purge_events",
      "select actor_type, entity_id from audit_event where action = $1",
      ["user.deleted"],
    );
    expect(events).toEqual([{ actor_type: "system", entity_id: gone.userId }]);
  }));

test("maintain does both", () =>
  alone(async (service) => {
    const organization = await service.organization();
    await fill(organization, 1);
    service.clock.advance(40 * DAY_MS);
    const done = await maintain(service.deps, {
      trashRetentionDays: 30,
      batch: 100,
      retention: service.deps.config.retention.days,
    });
    expect(done).toEqual({
      purged: { projects: 1, tasks: 1 },
      yielded: false,
      expired: expect.objectContaining({ sessions: 1, jobs: 0 }),
    });
  }));
