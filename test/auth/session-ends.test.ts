import { describe, expect, test } from "bun:test";
import { type Actor, actor } from "../harness/actor.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { mailedSecret } from "../harness/mails.ts";
import { password } from "../harness/people.ts";
import { sqlOf } from "../harness/sql.ts";

type Ended = { id: string; by: string; actor: string | null; changes: unknown };

/** What history says of ended sessions. */
const history = (service: Service) =>
  sqlOf(service)<Ended>(
    `select entity_id as id, actor_type::text as by, actor_id as actor, changes from "audit_event" where action = 'session.deleted'`,
  );

const sessionsOf = async (service: Service, userId: string) =>
  (await sqlOf(service)<{ id: string }>(`select id from "session" where user_id = $1 order by id`, userId)).map(
    ({ id }) => id,
  );

/** Live sessions of somebody, of which the first began longest ago. */
const addSessions = (service: Service, userId: string, count: number, more = "") =>
  sqlOf(service)(
    `insert into "session" (id, token, user_id, expires_at, created_at, updated_at${more && ", impersonated_by"})
      select $1 || lpad(n::text, 4, '0'), $1 || n, $1, now() + interval '1 day', now() - interval '1 day' + n * interval '1 second', now()${more && `, '${more}'`}
      from generate_series(1, ${count}) n`,
    userId,
  );

/** The same person in another session. */
async function again(service: Service, who: Actor, given = password): Promise<Actor> {
  const { headers } = await service.anonymous.post("/api/auth/sign-in/email", { email: who.email, password: given });
  const cookie = headers
    .getSetCookie()
    .map((line) => line.split(";")[0] ?? "")
    .join("; ");
  return actor(service.app, service.deps.config.server.baseUrl, { ...who, cookie });
}

const isSignedIn = async (who: Actor) => (await who.get("/api/auth/get-session")).body !== null;

describe("history has the end of every session, with who ended it", () => {
  const ways: Record<string, (service: Service, who: Actor, root: Actor) => Promise<unknown>> = {
    "a ban": (_, who, root) => root.post(`/v1/admin/users/${who.userId}/ban`, {}),
    "a ban by better-auth's route": (_, who, root) => root.post("/api/auth/admin/ban-user", { userId: who.userId }),
    "the deletion of the user": (_, who, root) => root.delete(`/v1/admin/users/${who.userId}`),
    "a ban by SQL": (service, who) => sqlOf(service)(`update "user" set banned = true where id = $1`, who.userId),
    "a deletion by SQL": (service, who) => sqlOf(service)(`delete from "session" where user_id = $1`, who.userId),
    "a deletion of the user by SQL": (service, who) => sqlOf(service)(`delete from "user" where id = $1`, who.userId),
    "signing out": (_, who) => who.post("/api/auth/sign-out"),
  };

  test.each(Object.keys(ways))("%s", (way) =>
    inSandbox(async (service) => {
      const [root, who] = [await service.signUp({ administrator: true }), await service.signUp()];
      const [id = ""] = await sessionsOf(service, who.userId);
      await ways[way]?.(service, who, root);
      expect(await isSignedIn(who)).toBe(false);
      const actors = { by: "user", actor: way === "signing out" ? who.userId : root.userId };
      const acts = way.endsWith("SQL") ? { by: "system", actor: null } : actors;
      expect(await history(service)).toEqual([{ id, ...acts, changes: { userId: { from: who.userId, to: null } } }]);
    }),
  );

  test("but not of one that had expired", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      await sqlOf(service)(
        `update "session" set expires_at = now() - interval '1 hour' where user_id = $1`,
        who.userId,
      );
      await sqlOf(service)(`delete from "session" where user_id = $1`, who.userId);
      expect(await history(service)).toEqual([]);
    }));

  test("in as many statements for many sessions as for one", async () => {
    let statements = 0;
    const intercept = <Statement>(statement: Statement) => (statements++, statement);
    await inSandbox(
      async (service) => {
        const root = await service.signUp({ administrator: true });
        const counts: number[] = [];
        for (const sessions of [1, 90]) {
          const who = await service.signUp();
          await addSessions(service, who.userId, sessions - 1);
          const before = statements;
          expect((await root.post(`/v1/admin/users/${who.userId}/ban`, {})).status).toBe(200);
          counts.push(statements - before);
          expect(await sessionsOf(service, who.userId)).toEqual([]);
        }
        expect(await history(service)).toHaveLength(91);
        expect(counts[1]).toBe(counts[0]);
      },
      { intercept },
    );
  });
});

describe("a person has at most 100 live sessions", () => {
  test("a sign-in beyond them ends the oldest, and neither expired ones nor impersonations count", () =>
    inSandbox(async (service) => {
      const [root, who] = [await service.signUp({ administrator: true }), await service.signUp()];
      await addSessions(service, who.userId, 99);
      const [first = "", second = "", third = ""] = (await sessionsOf(service, who.userId)).filter((id) =>
        id.startsWith(who.userId),
      );
      await sqlOf(service)(`update "session" set expires_at = now() - interval '1 hour' where id = $1`, second);
      expect((await root.post("/api/auth/admin/impersonate-user", { userId: who.userId })).status).toBe(200);
      await again(service, who);
      expect(await sessionsOf(service, who.userId)).toContain(first);
      await again(service, who);
      await again(service, who);
      const left = await sessionsOf(service, who.userId);
      expect([first, second, third].map((id) => left.includes(id))).toEqual([false, true, false]);
      expect(left).toHaveLength(100 + 2);
      expect((await history(service)).map(({ id }) => id)).toEqual([first, third]);
    }));

  test("and an administrator at most 100 impersonations", () =>
    inSandbox(async (service) => {
      const [root, who] = [await service.signUp({ administrator: true }), await service.signUp()];
      await addSessions(service, who.userId, 105, root.userId);
      expect(await sessionsOf(service, who.userId)).toHaveLength(101);
    }));
});

describe("S2: what a password, an address or a way to sign in began ends with it", () => {
  test("a changed password leaves the session that changed it, without being asked to", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const other = await again(service, who);
      const body = { currentPassword: password, newPassword: "a new password" };
      expect((await who.post("/api/auth/change-password", body)).status).toBe(200);
      expect([await isSignedIn(who), await isSignedIn(other)]).toEqual([true, false]);
    }));

  test("one that an administrator sets leaves no session, and no mailed link to another", () =>
    inSandbox(async (service) => {
      const [root, who] = [await service.signUp({ administrator: true }), await service.signUp()];
      await service.anonymous.post("/api/auth/request-password-reset", { email: who.email, redirectTo: "/" });
      const token = mailedSecret(service, who.email);
      const body = { userId: who.userId, newPassword: "a new password" };
      expect((await root.post("/api/auth/admin/set-user-password", body)).status).toBe(200);
      expect([await isSignedIn(who), await isSignedIn(root)]).toEqual([false, true]);
      const reset = await service.anonymous.post("/api/auth/reset-password", { token, newPassword: "mine again" });
      expect(reset.status).toBe(400);
    }));

  test("an address that an administrator changes leaves neither", () =>
    inSandbox(async (service) => {
      const [root, who] = [await service.signUp({ administrator: true }), await service.signUp()];
      await service.anonymous.post("/api/auth/request-password-reset", { email: who.email, redirectTo: "/" });
      const token = mailedSecret(service, who.email);
      const body = { userId: who.userId, data: { email: `new-${who.email}` } };
      expect((await root.post("/api/auth/admin/update-user", body)).status).toBe(200);
      expect(await isSignedIn(who)).toBe(false);
      const reset = await service.anonymous.post("/api/auth/reset-password", { token, newPassword: "mine again" });
      expect(reset.status).toBe(400);
    }));

  test("a way to sign in that is removed, by SQL too, leaves no session", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      await sqlOf(service)(`delete from "account" where user_id = $1`, who.userId);
      expect(await isSignedIn(who)).toBe(false);
    }));
});
