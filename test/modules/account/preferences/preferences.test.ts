import { describe, expect, test } from "bun:test";
import { inSandbox } from "../../../harness/app.ts";

const path = "/v1/me/preferences";

const unset = {
  language: null,
  timezone: null,
  theme: "system",
  notifications: { newDevice: true, invitation: true, membership: true, taskAssigned: true },
};

describe("GET /v1/me/preferences", () => {
  test("200 with the defaults for who has never set anything", () =>
    inSandbox(async ({ signUp }) => {
      const { status, body } = await (await signUp()).get(path);
      expect(status).toBe(200);
      expect(body).toEqual(unset);
    }));

  test("200 with one's own, never another's", () =>
    inSandbox(async ({ signUp }) => {
      const [ada, eve] = [await signUp(), await signUp()];
      expect((await ada.patch(path, { theme: "dark" })).status).toBe(200);
      expect((await eve.get(path)).body).toEqual(unset);
      expect((await ada.get(path)).body).toEqual({ ...unset, theme: "dark" });
    }));
});

describe("PATCH /v1/me/preferences", () => {
  test("200 changes what is named alone, kind by kind, and clears with null", () =>
    inSandbox(async ({ signUp }) => {
      const ada = await signUp();
      await ada.patch(path, { language: "de", theme: "dark", notifications: { membership: false } });
      const changes = { language: null, timezone: "Europe/Zurich", notifications: { newDevice: false } };
      const { status, body } = await ada.patch(path, changes);
      expect(status).toBe(200);
      expect(body).toEqual({
        language: null,
        timezone: "Europe/Zurich",
        theme: "dark",
        notifications: { ...unset.notifications, membership: false, newDevice: false },
      });
      expect((await ada.get(path)).body).toEqual(body);
    }));

  test.each([
    ["Asia/Calcutta", "Asia/Calcutta"],
    ["europe/zurich", "Europe/Zurich"],
    ["UTC", "UTC"],
  ])("200 for the time zone %s, which browsers send", (sent, timezone) =>
    inSandbox(async ({ signUp }) => {
      expect((await (await signUp()).patch(path, { timezone: sent })).body).toMatchObject({ timezone });
    }),
  );

  test.each([
    ["timezone", { timezone: "Mars/Olympus" }],
    ["timezone", { timezone: "+01:00" }],
    ["timezone", { timezone: "x".repeat(65) }],
    ["language", { language: "tlh" }],
    ["theme", { theme: "neon" }],
    ["theme", { theme: null }],
    ["notifications.newDevice", { notifications: { newDevice: "yes" } }],
    ["notifications.gossip", { notifications: { gossip: true } }],
    ["userId", { userId: "somebody" }],
  ])("422 names %s: %p", (field, change) =>
    inSandbox(async ({ signUp }) => {
      const ada = await signUp();
      const { status, body } = await ada.patch(path, change);
      expect(status).toBe(422);
      expect((body as { errors: { path: string }[] }).errors[0]?.path).toBe(field);
      expect((await ada.get(path)).body).toEqual(unset);
    }),
  );

  test("412 for another version, 200 for the one that was read, the defaults included", () =>
    inSandbox(async ({ signUp }) => {
      const ada = await signUp();
      const etag = (await ada.get(path)).headers.get("etag") ?? "";
      expect((await ada.patch(path, { theme: "dark" }, { "if-match": etag })).status).toBe(200);
      expect((await ada.patch(path, { theme: "light" }, { "if-match": etag })).status).toBe(412);
      expect((await ada.get(path)).body).toMatchObject({ theme: "dark" });
    }));

  test("audited as preferences.updated with what changed only", () =>
    inSandbox(async ({ signUp, database }) => {
      const ada = await signUp();
      await ada.patch(path, { theme: "dark" });
      await ada.patch(path, { theme: "dark" });
      const events = await database.statement(
        "",
        `select entity_id, actor_id, changes from audit_event where action = 'preferences.updated'`,
        [],
      );
      expect(events).toEqual([
        { entity_id: ada.userId, actor_id: ada.userId, changes: { theme: { from: "system", to: "dark" } } },
      ]);
    }));
});
