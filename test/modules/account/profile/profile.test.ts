import { describe, expect, test } from "bun:test";
import { inSandbox } from "../../../harness/app.ts";

describe("GET /v1/me/profile", () => {
  test("401 for nobody", () =>
    inSandbox(async ({ anonymous }) => {
      expect((await anonymous.get("/v1/me/profile")).status).toBe(401);
    }));

  test("200 right after sign-up: it is made along with the user", () =>
    inSandbox(async ({ signUp }) => {
      const { status, body } = await (await signUp()).get("/v1/me/profile");
      expect(status).toBe(200);
      expect(body).toEqual({
        bio: null,
        avatar: null,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      });
    }));

  test("no user, account, session or event without the profile: sign-up is rolled back whole", () =>
    inSandbox(async ({ anonymous, database }) => {
      const text = `create function pg_temp.refuse() returns trigger language plpgsql as
        $$ begin raise exception 'no profile today'; end $$`;
      await database.session(async (on) => {
        await on.exec(text);
        await on.exec(
          "create trigger refuse before insert on user_profile for each row execute function pg_temp.refuse()",
        );
      });
      const email = "rolled-back@example.com";
      const count = () =>
        database.statement(
          "",
          `select (select count(*)::int from "user" where email = $1) as users, (select count(*)::int from account) as accounts,
            (select count(*)::int from "session") as sessions, (select count(*)::int from audit_event) as events`,
          [email],
        );
      const before = await count();
      expect(before).toMatchObject([{ users: 0 }]);
      const answer = await anonymous.post("/api/auth/sign-up/email", {
        email,
        name: "R",
        password: "long enough it is",
      });
      expect(answer.status).toBe(500);
      expect(answer.text).not.toContain("profile");
      expect(await count()).toEqual(before);
    }));

  test("200 with one's own, never another's", () =>
    inSandbox(async ({ signUp }) => {
      const [ada, eve] = [await signUp(), await signUp()];
      await ada.patch("/v1/me/profile", { bio: "Ada's" });
      expect((await eve.get("/v1/me/profile")).text).not.toContain("Ada's");
    }));
});

describe("PATCH /v1/me/profile", () => {
  test("200 with what it is now, and moves updatedAt", () =>
    inSandbox(async ({ signUp, clock }) => {
      const ada = await signUp();
      const before = (await ada.get("/v1/me/profile")).body as { updatedAt: string };
      clock.advance(5000);
      const changes = { bio: "Analyst", avatar: "https://img.example/ada.png" };
      const { status, body } = await ada.patch("/v1/me/profile", changes);
      expect(status).toBe(200);
      expect(body).toMatchObject(changes);
      const after = body as { updatedAt: string };
      expect(Date.parse(after.updatedAt)).toBeGreaterThanOrEqual(Date.parse(before.updatedAt) + 5000);
      expect((await ada.get("/v1/me/profile")).body).toEqual(body);
    }));

  test.each([
    ["userId", { userId: "somebody" }],
    ["avatar", { avatar: "data:text/html,x" }],
    ["bio", { bio: "x".repeat(2001) }],
  ])("422 names %s", (path, change) =>
    inSandbox(async ({ signUp }) => {
      const { status, body } = await (await signUp()).patch("/v1/me/profile", change);
      expect(status).toBe(422);
      expect((body as { errors: { path: string }[] }).errors[0]?.path).toBe(path);
    }),
  );

  test("412 for another version, 200 for the one that was read", () =>
    inSandbox(async ({ signUp }) => {
      const ada = await signUp();
      const etag = (await ada.get("/v1/me/profile")).headers.get("etag") ?? "";
      expect((await ada.patch("/v1/me/profile", { bio: "1" }, { "if-match": etag })).status).toBe(200);
      expect((await ada.patch("/v1/me/profile", { bio: "2" }, { "if-match": etag })).status).toBe(412);
    }));

  test("audited as profile.updated with what changed only", () =>
    inSandbox(async ({ signUp, database }) => {
      const ada = await signUp();
      await ada.patch("/v1/me/profile", { bio: "Analyst" });
      await ada.patch("/v1/me/profile", { bio: "Analyst" });
      const events = await database.statement(
        "",
        `select entity_id, actor_id, changes from audit_event where action = 'profile.updated'`,
        [],
      );
      expect(events).toEqual([
        { entity_id: ada.userId, actor_id: ada.userId, changes: { bio: { from: null, to: "Analyst" } } },
      ]);
    }));
});
