import { describe, expect, test } from "bun:test";
import { inSandbox } from "../../harness/app.ts";
import { signedUpByCode } from "../../harness/email-code.ts";
import { password } from "../../harness/people.ts";
import { sendForm } from "../forms.ts";

const page = "/account/data/delete";

describe("the page that deletes one's account", () => {
  test("takes the password, signs out, and clears what the browser keeps", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const wrong = await sendForm(who, page, { password: "not this one" });
      expect([wrong.status, wrong.text.includes('id="password-wrong"')]).toEqual([403, true]);
      const none = await sendForm(who, page);
      expect([none.status, none.text.includes('id="password-wrong"')]).toEqual([422, true]);
      expect((await who.get("/v1/me")).status).toBe(200);
      const gone = await sendForm(who, page, { password });
      expect([gone.status, gone.headers.get("location")]).toEqual([303, "/auth/sign-in"]);
      expect(gone.headers.get("clear-site-data")).toBe('"cache"');
      expect(gone.headers.getSetCookie().join()).toMatch(/session_token=;[^,]*Max-Age=0/);
      expect((await who.get("/v1/me")).status).toBe(401);
    }));

  test("takes the password for a recent sign-in; who has none signs in again first", () =>
    inSandbox(async (service) => {
      const [who, other] = [await service.signUp(), await signedUpByCode(service, "ada@example.com")];
      service.clock.advance(3600_000);
      const { status, headers } = await other.get(page);
      expect([status, headers.get("location")]).toEqual([
        303,
        `/auth/sign-in?reauthenticate=1&return_to=${encodeURIComponent(page)}`,
      ]);
      expect((await sendForm(other, page)).headers.get("location")).toContain("/auth/sign-in?reauthenticate=1");
      expect((await other.get("/v1/me")).status).toBe(200);
      expect((await sendForm(who, page, { password })).headers.get("location")).toBe("/auth/sign-in");
      expect((await who.get("/v1/me")).status).toBe(401);
    }));

  test("says why the only owner of an organization stays", () =>
    inSandbox(async ({ organization }) => {
      const { owner } = await organization();
      const refused = await sendForm(owner, page, { password });
      expect([refused.status, refused.text.includes("at least one owner")]).toEqual([409, true]);
    }));
});
