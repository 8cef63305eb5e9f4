import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { maintain, purgeAbandoned, purgeExpired, purgeTrash } from "../../src/queue/maintenance.ts";
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

const stored = async ({ database }: Service, table: "project" | "task" | "session" | "verification") =>
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

describe("purgeExpired", () => {
  test("removes expired sessions and verifications, and no others", () =>
    alone(async (service) => {
      const { anonymous, clock, database, deps } = service;
      for (let n = 0; n < 3; n++) await service.signUp();
      const kept = await service.signUp();
      await anonymous.post("/api/auth/request-password-reset", { email: kept.email });
      const before = [await stored(service, "session"), await stored(service, "verification")];
      expect(before[1]).toBeGreaterThan(0);
      expect(await purgeExpired(deps, { batch: 2 })).toEqual({
        sessions: 0,
        verifications: 0,
        counters: 0,
        jobs: 0,
        visits: 0,
      });
      await database.statement("purge_keep", "update session set expires_at = $1 where user_id = $2", [
        new Date(Date.now() + 100 * DAY_MS),
        kept.userId,
      ]);
      clock.advance(40 * DAY_MS);
      expect(await purgeExpired(deps, { batch: 2 })).toEqual({
        sessions: 3,
        verifications: before[1]!,
        counters: 0,
        jobs: 0,
        visits: 0,
      });
      expect(await stored(service, "session")).toBe(1);
      expect((await kept.get("/v1/me")).status).toBe(200);
    }));

  test("removes what of trails is older than thirty days, of every organization, and no other", () =>
    withLongSessions(async ({ organization, clock, database, deps }) => {
      const [one, two] = [await organization(), await organization()];
      for (const { owner, id } of [one, one, two]) await owner.post(`/v1/orgs/${id}/me/trail`, { url: "/" });
      clock.advance(20 * DAY_MS);
      await one.owner.post(`/v1/orgs/${one.id}/me/trail`, { url: "/kept" });
      clock.advance(11 * DAY_MS);
      expect(await purgeExpired(deps, { batch: 2 })).toMatchObject({ visits: 3 });
      const left = await database.statement<{ url: string }>("purge_trail", "select url from trail", []);
      expect(left).toEqual([{ url: "/kept" }]);
    }));
});

test("purgeExpired removes rate limits whose window has ended, and no others", () =>
  alone(async ({ database, deps }) => {
    const now = Date.now();
    await database.statement(
      "purge_limits",
      `insert into rate_limit (key, used, ends_at) select 'k' || n, 1, $1::bigint + n * 1000 from generate_series(-2, 2) n`,
      [now + 60_000],
    );
    const later = { ...deps, clock: () => new Date(now + 60_500) };
    expect(await purgeExpired(later, { batch: 2 })).toMatchObject({ counters: 3 });
    const left = await database.statement("purge_limits_left", "select key from rate_limit order by key", []);
    expect(left).toEqual([{ key: "k1" }, { key: "k2" }]);
  }));

test("purgeAbandoned deletes who has no account and no session any more, and nobody else", () =>
  alone(async (service) => {
    const { clock, database, deps } = service;
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
    expect(await purgeAbandoned(deps, { batch: 1, olderThanDays: 30 })).toBe(0);
    clock.advance(31 * DAY_MS);
    await database.statement("purge_kept", "update session set expires_at = $1", [new Date(Date.now() + 90 * DAY_MS)]);
    expect(await purgeAbandoned(deps, { batch: 1, olderThanDays: 30 })).toBe(1);
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
    const done = await maintain(service.deps, { trashRetentionDays: 30, anonymousRetentionDays: 30, batch: 100 });
    expect(done).toEqual({
      purged: { projects: 1, tasks: 1 },
      yielded: false,
      expired: { sessions: 1, verifications: 0, counters: 0, jobs: 0, visits: 0, people: 0 },
    });
  }));
