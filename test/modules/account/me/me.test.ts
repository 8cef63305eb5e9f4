import { describe, expect, test } from "bun:test";
import { Unavailable } from "../../../../src/core/problem.ts";
import { connectedFrom } from "../../../harness/actor.ts";
import { inSandbox, passwords, type Service } from "../../../harness/app.ts";

type Body = Record<string, never> & {
  data: Record<string, unknown>[];
  nextCursor: string | null;
  principal: Record<string, unknown>;
  organization: Record<string, unknown> | null;
};
const password = "correct horse battery";

const audited = (service: Service, action: string) =>
  service.database.statement<{ entity_id: string; actor_id: string | null; request_id: string | null }>(
    "",
    `select entity_id, actor_id, request_id from audit_event where action = $1 order by id`,
    [action],
  );

/** The same person once more: another session. */
async function signInAgain(service: Service, email: string) {
  const answer = await service.anonymous.post("/api/auth/sign-in/email", { email, password });
  expect(answer.status).toBe(200);
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
}

describe("GET /v1/me", () => {
  test("401 for nobody, with a challenge", () =>
    inSandbox(async ({ anonymous }) => {
      const answer = await anonymous.get("/v1/me");
      expect(answer.status).toBe(401);
      expect(answer.headers.get("www-authenticate")).toStartWith("Bearer");
    }));

  test("200 with the principal and no organization where none is active", () =>
    inSandbox(async ({ signUp }) => {
      const ada = await signUp({ name: "Ada" });
      const { status, body } = await ada.get("/v1/me");
      expect(status).toBe(200);
      expect(body).toEqual({
        active: true,
        principal: {
          type: "user",
          id: ada.userId,
          email: ada.email,
          emailVerified: false,
          isAnonymous: false,
          name: "Ada",
          image: null,
          sessionId: expect.any(String),
          expiresAt: expect.stringMatching(/Z$/),
        },
        organization: null,
      });
    }));

  test("200 with role and sorted permissions in the active organization, in one statement", () =>
    inSandbox(async ({ organization, database, deps }) => {
      const { id, slug, owner } = await organization();
      let statements = 0;
      const statement = database.statement.bind(database);
      Object.assign(deps.database, {
        statement: (...args: Parameters<typeof database.statement>) => (statements++, statement(...args)),
      });
      const { body } = await owner.get("/v1/me");
      const permissions = [...(deps.roles.get("owner") ?? [])].toSorted();
      expect((body as Body).organization).toEqual({ id, slug, role: "owner", permissions });
      expect(statements).toBe(1);
    }));

  test("200 without the organization once the person has left it", () =>
    inSandbox(async ({ organization, database }) => {
      const { owner, join } = await organization();
      await join("owner");
      await database.statement("", `delete from member where user_id = $1`, [owner.userId]);
      expect(((await owner.get("/v1/me")).body as Body).organization).toBeNull();
    }));

  test("200 with all organizations and roles for include=organizations", () =>
    inSandbox(async ({ organization, signUp }) => {
      const ada = await signUp();
      const own = await organization(ada);
      const other = await organization();
      await other.join("viewer", ada);
      const { body } = await ada.get("/v1/me?include=organizations");
      const shown = (body as { organizations: { id: string; role: string }[] }).organizations;
      expect(shown.map(({ id, role }) => ({ id, role }))).toEqual([
        { id: own.id, role: "owner" },
        { id: other.id, role: "viewer" },
      ]);
    }));

  test("422 for an include that isn't known", () =>
    inSandbox(async ({ signUp }) => {
      expect((await (await signUp()).get("/v1/me?include=sessions")).status).toBe(422);
    }));
});

describe("PATCH /v1/me", () => {
  test("200 changes name and picture, audited", () =>
    inSandbox(async (service) => {
      const ada = await service.signUp();
      const change = { name: "Ada L.", image: "https://img.example/a.png" };
      const { status, body } = await ada.patch("/v1/me", change);
      expect(status).toBe(200);
      expect((body as Body).principal).toMatchObject({ name: "Ada L.", image: change.image, emailVerified: false });
      expect((await ada.get("/v1/me")).body).toEqual(body);
      expect((await ada.get("/v1/admin/users")).status).toBe(404);
      expect(await audited(service, "user.updated")).toEqual([
        { entity_id: ada.userId, actor_id: ada.userId, request_id: expect.any(String) },
      ]);
    }));

  test("422 names each field that can't be set, and changes nothing", () =>
    inSandbox(async (service) => {
      const ada = await service.signUp();
      const before = (await ada.get("/v1/me")).body;
      const change = { name: "Ada L.", email: "eve@example.com", role: "admin", emailVerified: true };
      const { status, body } = await ada.patch("/v1/me", change);
      const paths = (body as { errors: { path: string }[] }).errors.map(({ path }) => path);
      expect([status, paths]).toEqual([422, ["email", "role", "emailVerified"]]);
      expect((await ada.get("/v1/me")).body).toEqual(before);
      expect((await ada.get("/v1/admin/users")).status).toBe(404);
    }));

  test("412 for another version, 422 for a javascript: picture", () =>
    inSandbox(async ({ signUp }) => {
      const ada = await signUp();
      expect((await ada.patch("/v1/me", { name: "B" }, { "if-match": '"old"' })).status).toBe(412);
      const etag = (await ada.get("/v1/me")).headers.get("etag") ?? "";
      expect((await ada.patch("/v1/me", { name: "B" }, { "if-match": etag })).status).toBe(200);
      expect((await ada.patch("/v1/me", { image: "javascript:alert(1)" })).status).toBe(422);
    }));
});

describe("GET /v1/me/organizations", () => {
  test("200 page by page, each organization once", () =>
    inSandbox(async ({ organization, signUp }) => {
      const ada = await signUp();
      const made = [];
      for (let n = 0; n < 3; n++) made.push((await organization(ada)).id);
      const first = (await ada.get("/v1/me/organizations?limit=2")).body as Body;
      const second = (await ada.get(`/v1/me/organizations?limit=2&cursor=${first.nextCursor}`)).body as Body;
      expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(made);
      expect(second.nextCursor).toBeNull();
      expect(first.data[0]).toEqual({
        id: made[0],
        slug: expect.any(String),
        name: expect.any(String),
        logo: null,
        role: "owner",
        joinedAt: expect.any(String),
      });
    }));

  test("422 for a cursor of another list", () =>
    inSandbox(async ({ signUp }) => {
      expect((await (await signUp()).get("/v1/me/organizations?cursor=WyJ4Il0.AAAA")).status).toBe(422);
    }));
});

describe("GET /v1/me/permissions", () => {
  test("400 without an active organization, 404 for a stranger's by id and by slug", () =>
    inSandbox(async ({ organization, signUp }) => {
      const { id, slug } = await organization();
      const ada = await signUp();
      expect((await ada.get("/v1/me/permissions")).status).toBe(400);
      for (const org of [id, slug, "No Slug", Bun.randomUUIDv7()])
        expect((await ada.get(`/v1/me/permissions?org=${encodeURIComponent(org)}`)).status).toBe(404);
    }));

  test("200 explains by which role something is allowed, and who else may", () =>
    inSandbox(async ({ organization }) => {
      const { slug, join } = await organization();
      const viewer = await join("viewer");
      const both = await join("viewer,admin");
      const ask = async (who: typeof viewer) =>
        (await who.get(`/v1/me/permissions?org=${slug}&explain=project:delete`)).body as Record<string, unknown>;
      expect((await ask(viewer))["explain"]).toEqual({
        permission: "project:delete",
        allowed: false,
        reach: null,
        reason: "not_granted",
        module: { name: "projects", tier: "standard", granted: true },
        entries: [],
        grantedBy: [],
        grantedTo: ["owner", "admin"],
      });
      const entry = { role: "admin", source: "builtIn", effect: "allow", scope: "organization", locked: false };
      expect((await ask(both))["explain"]).toMatchObject({
        allowed: true,
        reach: "organization",
        reason: "granted",
        entries: [entry],
        grantedBy: ["admin"],
      });
      expect((await ask(viewer))["permissions"]).toContain("project:read");
    }));

  test("422 for a permission that nobody declares", () =>
    inSandbox(async ({ organization }) => {
      const { owner } = await organization();
      expect((await owner.get("/v1/me/permissions?explain=project:fly")).status).toBe(422);
    }));
});

describe("/v1/me/sessions", () => {
  test("200 lists one's own by id, the current one marked, never a token", () =>
    inSandbox(async (service) => {
      const ada = await service.signUp();
      await service.signUp();
      const cookie = await signInAgain(service, ada.email);
      const answer = await ada.get("/v1/me/sessions");
      const { data } = answer.body as Body;
      expect(data.map(({ current }) => current)).toEqual([false, true]);
      for (const secret of [cookie, ada.cookie]) {
        const token = decodeURIComponent(secret.split("=")[1] ?? "").split(".")[0] ?? "";
        expect(token).toHaveLength(32);
        expect(answer.text).not.toContain(token);
      }
      const { nextCursor } = (await ada.get("/v1/me/sessions?limit=1")).body as Body;
      expect(((await ada.get(`/v1/me/sessions?limit=1&cursor=${nextCursor}`)).body as Body).data).toEqual([data[1]!]);
    }));

  test("200 leaves out what has expired", () =>
    inSandbox(async (service) => {
      const ada = await service.signUp();
      await signInAgain(service, ada.email);
      await service.database.statement(
        "",
        `update "session" set expires_at = now() where id = (select max(id) from "session" where user_id = $1)`,
        [ada.userId],
      );
      expect(((await ada.get("/v1/me/sessions")).body as Body).data).toHaveLength(1);
    }));

  test("204 ends one, audited, and its cookie is refused", () =>
    inSandbox(async (service) => {
      const ada = await service.signUp();
      const cookie = await signInAgain(service, ada.email);
      const other = ((await ada.get("/v1/me/sessions")).body as Body).data.find(({ current }) => !current);
      expect((await ada.delete(`/v1/me/sessions/${String(other?.["id"])}`)).status).toBe(204);
      expect((await service.anonymous.get("/v1/me", { cookie })).status).toBe(401);
      expect((await ada.get("/v1/me")).status).toBe(200);
      expect(await audited(service, "session.deleted")).toEqual([
        { entity_id: String(other?.["id"]), actor_id: ada.userId, request_id: expect.any(String) },
      ]);
    }));

  test("404 for another person's session, which lives on", () =>
    inSandbox(async (service) => {
      const [ada, eve] = [await service.signUp(), await service.signUp()];
      const id = String(((await ada.get("/v1/me/sessions")).body as Body).data[0]?.["id"]);
      expect((await eve.delete(`/v1/me/sessions/${id}`)).status).toBe(404);
      expect((await eve.delete("/v1/me/sessions/nothing")).status).toBe(404);
      expect((await ada.get("/v1/me")).status).toBe(200);
    }));

  test("204 ends all the others", () =>
    inSandbox(async (service) => {
      const [ada, eve] = [await service.signUp(), await service.signUp()];
      await signInAgain(service, ada.email);
      await signInAgain(service, ada.email);
      expect((await ada.delete("/v1/me/sessions")).status).toBe(204);
      expect(((await ada.get("/v1/me/sessions")).body as Body).data).toHaveLength(1);
      expect((await eve.get("/v1/me")).status).toBe(200);
      expect(await audited(service, "session.deleted")).toHaveLength(2);
    }));

  test("403 with a cookie and no trusted origin", () =>
    inSandbox(async ({ signUp }) => {
      const ada = await signUp();
      expect((await ada.delete("/v1/me/sessions", undefined, { origin: "https://evil.example" })).status).toBe(403);
    }));
});

describe("DELETE /v1/me", () => {
  test("the wait for the password ends when the client hangs up: the account stays", async () => {
    const [waiting, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const patient = {
      ...passwords,
      async check(_: { hash: string; password: string }, signal?: AbortSignal): Promise<{ right: boolean }> {
        signal?.addEventListener("abort", () => gone.resolve());
        waiting.resolve();
        await gone.promise;
        throw Unavailable("Given up.");
      },
    };
    await inSandbox(
      async (service) => {
        const who = await service.signUp();
        const server = Bun.serve({ port: 0, fetch: (request) => service.app.fetch(request, connectedFrom()) });
        const headers = { cookie: who.cookie, origin: "http://localhost:3000", "content-type": "application/json" };
        const client = new AbortController();
        const body = JSON.stringify({ password });
        const { signal } = client;
        const leaving = fetch(new URL("/v1/me", server.url), { method: "DELETE", headers, body, signal });
        await waiting.promise;
        client.abort();
        expect(leaving).rejects.toThrow("abort");
        await gone.promise;
        expect((await who.get("/v1/me")).status).toBe(200);
        await server.stop(true);
      },
      { passwords: patient },
    );
  });

  test("422 without the password, 403 with a wrong one; the account stays", () =>
    inSandbox(async ({ signUp }) => {
      const ada = await signUp();
      expect((await ada.delete("/v1/me", {})).status).toBe(422);
      const wrong = await ada.delete("/v1/me", { password: "wrong password" });
      expect([wrong.status, (wrong.body as { code: string }).code]).toEqual([403, "wrong_password"]);
      expect((await ada.get("/v1/me")).status).toBe(200);
    }));

  test("204 with it: sessions, memberships and profile are gone, each audited, the cookie is cleared", () =>
    inSandbox(async (service) => {
      const ada = await service.signUp();
      const { id, join } = await service.organization();
      await join("admin", ada);
      const cookie = await signInAgain(service, ada.email);
      const answer = await ada.delete("/v1/me", { password });
      expect(answer.status).toBe(204);
      expect(answer.headers.getSetCookie().join()).toContain("Max-Age=0");
      for (const old of [ada.cookie, cookie])
        expect((await service.anonymous.get("/v1/me", { cookie: old })).status).toBe(401);
      expect(await audited(service, "user.deleted")).toEqual([
        { entity_id: ada.userId, actor_id: ada.userId, request_id: expect.any(String) },
      ]);
      const [left] = await service.database.statement<{ organization_id: string }>(
        "",
        `select organization_id from audit_event where action = 'member.deleted'`,
        [],
      );
      expect(left?.organization_id).toBe(id);
      const again = await service.anonymous.post("/api/auth/sign-in/email", { email: ada.email, password });
      expect(again.status).toBe(401);
    }));

  test("409 for an only owner, by this route and by better-auth's own: nothing is lost", () =>
    inSandbox(async (service) => {
      const { owner } = await service.organization();
      const ours = await owner.delete("/v1/me", { password });
      expect([ours.status, (ours.body as { code: string }).code]).toEqual([409, "last_owner"]);
      expect((await owner.post("/api/auth/delete-user", { password })).status).toBe(409);
      expect((await owner.get("/v1/me")).status).toBe(200);
      await signInAgain(service, owner.email);
    }));

  test("403 where the last sign-in is old, with the password or without one", () =>
    inSandbox(async ({ signUp, clock }) => {
      const ada = await signUp();
      clock.advance(15 * 60_000);
      for (const body of [{ password }, {}]) {
        const { status, body: told } = await ada.delete("/v1/me", body);
        expect([status, (told as { code: string }).code]).toEqual([403, "fresh_sign_in_required"]);
      }
    }));
});
