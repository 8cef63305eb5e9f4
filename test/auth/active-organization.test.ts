import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { and, eq, sql } from "drizzle-orm";
import { member } from "../../src/schema.ts";
import { type Actor, actor } from "../harness/actor.ts";
import { inSandbox, openService, type Service } from "../harness/app.ts";
import { reporting } from "../harness/reporting.ts";
import { cookieOf } from "../harness/cookies.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { password } from "../harness/people.ts";

/** The same person in a new session. */
async function signIn({ anonymous, app, deps }: Service, who: Actor): Promise<Actor> {
  const answer = await anonymous.post("/api/auth/sign-in/email", { email: who.email, password });
  expect(answer.status).toBe(200);
  return actor(app, deps.config.server.baseUrl, { ...who, cookie: cookieOf(answer.headers) });
}

/** The organization that `/v1/verify` answers without being told one. */
async function standsIn(who: Actor): Promise<string | undefined> {
  const { status, body } = await who.get("/v1/verify");
  expect(status).toBe(200);
  return (body as { organization: { id: string } | null }).organization?.id;
}

const activate = async (who: Actor, organizationId: string | null) =>
  expect((await who.post("/api/auth/organization/set-active", { organizationId })).status).toBe(200);

describe("a new session begins", () => {
  test("in the organization that its person was last active in, also when all their sessions have ended", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const [first, second] = [await service.organization(who), await service.organization(who)];
      expect(await standsIn(await signIn(service, who))).toBe(second.id);
      await activate(who, first.id);
      expect((await who.post("/api/auth/revoke-sessions")).status).toBe(200);
      expect(await standsIn(await signIn(service, who))).toBe(first.id);
    }));

  test("in the only one of somebody who was never active in one, and in none of several", () =>
    inSandbox(async (service) => {
      const { owner, id } = await service.organization();
      const who = await service.signUp();
      const join = (organizationId: string) =>
        service.database.db
          .insert(member)
          .values({ id: Bun.randomUUIDv7(), organizationId, userId: who.userId, createdAt: new Date() });
      await join(id);
      const other = await service.organization(owner);
      await join(other.id);
      expect(await standsIn(await signIn(service, who))).toBeUndefined();
      expect((await who.post("/api/auth/organization/leave", { organizationId: other.id })).status).toBe(200);
      expect(await standsIn(await signIn(service, who))).toBe(id);
      // It was chosen for them, and stays their choice when another invites them.
      await join(other.id);
      expect(await standsIn(await signIn(service, who))).toBe(id);
    }));

  test("in the one before, where the last one is gone or they have left it", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const first = await service.organization(who);
      const [second, third] = [await service.organization(), await service.organization(who)];
      await second.join("member", who);
      await activate(who, second.id);
      await activate(who, third.id);
      expect((await who.delete(`/v1/orgs/${third.id}`)).status).toBe(204);
      expect(await standsIn(await signIn(service, who))).toBe(second.id);
      expect((await who.post("/api/auth/organization/leave", { organizationId: second.id })).status).toBe(200);
      expect(await standsIn(await signIn(service, who))).toBe(first.id);
    }));

  test("where they were last active, and not where an administrator went in their name", () =>
    inSandbox(async (service) => {
      const [who, root] = [await service.signUp(), await service.signUp({ administrator: true })];
      const [first, second] = [await service.organization(who), await service.organization(who)];
      const answer = await root.post("/api/auth/admin/impersonate-user", { userId: who.userId });
      const acting = actor(service.app, service.deps.config.server.baseUrl, {
        ...who,
        cookie: cookieOf(answer.headers),
      });
      expect(await standsIn(acting)).toBe(second.id);
      await activate(acting, first.id);
      expect(await standsIn(await signIn(service, who))).toBe(second.id);
    }));

  test("there however it is made: by SQL too", () =>
    inSandbox(async ({ organization, database }) => {
      const { id, owner } = await organization();
      const insert = `insert into "session" (id, token, user_id, expires_at, created_at, updated_at)
        values ('s', 't', $1, now(), now(), now()) returning active_organization_id as active`;
      expect(await database.statement("session", insert, [owner.userId])).toEqual([{ active: id }]);
    }));

  test("with no statement more than the session of somebody in no organization", async () => {
    let statements = 0;
    const counted = (make: (service: Service) => Promise<Actor>) =>
      inSandbox(
        async (service) => {
          const who = await make(service);
          const before = statements;
          await signIn(service, who);
          statements -= before;
        },
        { intercept: (statement) => (statements++, statement) },
      ).then(() => statements);
    const without = await counted(({ signUp }) => signUp());
    statements = 0;
    expect(await counted(async ({ organization }) => (await organization()).owner)).toBe(without);
  });
});

describe("at the same time", () => {
  let fresh: FreshDatabase;
  let service: Service;
  const test = reporting(() => service);
  beforeAll(async () => {
    fresh = await freshDatabase();
    service = await openService({ database: fresh.database });
  });
  afterAll(async () => {
    await service.deps.close();
    await fresh.dispose();
  });

  test("as the membership ends, a sign-in succeeds and claims nothing that is gone", async () => {
    for (let n = 0; n < 3; n++) {
      const [{ id }, who] = [await service.organization(), await service.signUp()];
      await activate(who, null);
      const { db } = fresh.database;
      const values = { id: Bun.randomUUIDv7(), organizationId: id, userId: who.userId, createdAt: new Date() };
      await db.insert(member).values({ ...values, lastActiveAt: new Date() });
      const [signedIn] = await Promise.all([signIn(service, who), db.delete(member).where(eq(member.id, values.id))]);
      expect(await standsIn(signedIn)).toBeUndefined();
    }
  });

  test.skipIf(!process.env["TEST_DATABASE_URL"])(
    "a sign-in that waited for the end of the last one's membership begins in the one before",
    async () => {
      const { db } = fresh.database;
      const who = await service.signUp();
      const [first, last] = [await service.organization(who), await service.organization()];
      await last.join("member", who);
      await activate(who, last.id);
      let signingIn: Promise<Actor> | undefined;
      await db.transaction(async (tx) => {
        await tx.delete(member).where(and(eq(member.organizationId, last.id), eq(member.userId, who.userId)));
        signingIn = signIn(service, who);
        const waiting = sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
        while ((await db.execute(waiting)).rows.length === 0);
      });
      expect(await standsIn(await signingIn!)).toBe(first.id);
    },
  );
});
