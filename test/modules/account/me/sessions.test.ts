import { describe, expect, test } from "bun:test";
import { inSandbox } from "../../../harness/app.ts";
import { password } from "../../../harness/people.ts";

type Listed = { id: string; lastSeenAt: string; createdAt: string };

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

describe("GET /v1/me/sessions", () => {
  test("shows what one recognizes a session by, and the network instead of the address", () =>
    inSandbox(async (service) => {
      const ada = await service.signUp();
      const entry = { email: ada.email, password };
      await service.anonymous.post("/api/auth/sign-in/email", entry, { "user-agent": firefox });
      const move = `update "session" set ip_address = $2 where user_id = $1 and user_agent = $3`;
      await service.database.statement("", move, [ada.userId, "203.0.113.77", firefox]);
      const answer = await ada.get("/v1/me/sessions");
      expect((answer.body as { data: object[] }).data[0]).toMatchObject({
        current: false,
        device: { browser: "Firefox", system: "Linux" },
        userAgent: firefox,
        addressRange: "203.0.113.0/24",
        impersonated: false,
      });
      expect(answer.text).not.toContain("203.0.113.77");
    }));

  test("shows an administrator no address either", () =>
    inSandbox(async (service) => {
      const [root, ada] = [await service.signUp({ administrator: true }), await service.signUp()];
      const move = `update "session" set ip_address = $2 where user_id = $1`;
      await service.database.statement("", move, [ada.userId, "2001:db8:1:2::77"]);
      const answer = await root.get(`/v1/admin/users/${ada.userId}/sessions`);
      expect((answer.body as { data: object[] }).data).toMatchObject([{ addressRange: "2001:db8:1::/48" }]);
      expect(answer.text).not.toContain("::77");
    }));

  test("a session in use was last seen when it was last extended", () =>
    inSandbox(async (service) => {
      const ada = await service.signUp();
      const read = async () => ((await ada.get("/v1/me/sessions")).body as { data: Listed[] }).data[0]!;
      const age = `update "session" set updated_at = updated_at - interval '2 days', expires_at = expires_at - interval '2 days'
        where user_id = $1`;
      await service.database.statement("", age, [ada.userId]);
      const before = await read();
      expect(before.lastSeenAt < before.createdAt).toBe(true);
      expect((await ada.get("/api/auth/get-session")).status).toBe(200);
      expect((await read()).lastSeenAt >= before.createdAt).toBe(true);
    }));
});
