import { describe, expect, test } from "bun:test";
import { inSandbox } from "../../harness/app.ts";
import { kept, sendForm } from "../forms.ts";

const fields = { language: "de", timezone: "asia/tokyo", theme: "dark", newDevice: "on" };

describe("the preferences page", () => {
  test("saves what was chosen, and shows the next page by it at once", () =>
    inSandbox(async ({ signUp }) => {
      const who = await signUp();
      const saved = await sendForm(who, "/account/preferences", fields);
      expect([saved.status, saved.headers.get("location")]).toEqual([303, "/account/preferences"]);
      expect((await who.get("/v1/me/preferences")).body).toEqual({
        language: "de",
        timezone: "Asia/Tokyo",
        theme: "dark",
        notifications: { newDevice: true, invitation: false, membership: false, taskAssigned: false },
      });
      const { text } = await who.get("/account/sessions", { cookie: `${who.cookie}; ${kept(saved)}` });
      expect(text).toContain('<html lang="de" data-theme="dark">');
    }));

  test("422 keeps what was typed; an outdated version is told and saves nothing", () =>
    inSandbox(async ({ signUp }) => {
      const who = await signUp();
      const wrong = await sendForm(who, "/account/preferences", { ...fields, timezone: "Mars/Olympus" });
      expect(wrong.status).toBe(422);
      expect(wrong.text).toContain('value="Mars/Olympus"');
      expect(wrong.text).toContain("timezone-wrong");
      const old = await sendForm(who, "/account/preferences", { ...fields, version: '"older"' });
      expect([old.status, old.text.includes("in the meantime")]).toEqual([412, true]);
      expect((await who.get("/v1/me/preferences")).body).toMatchObject({ language: null, theme: "system" });
      const version = /name="version" value="([^"]+)"/.exec(old.text)?.[1]?.replaceAll("&quot;", '"') ?? "";
      const knowing = await sendForm(who, "/account/preferences", { ...fields, version });
      expect(knowing.status).toBe(303);
    }));

  test("come to the browser that somebody signs in with, and not another person's", () =>
    inSandbox(async ({ signUp }) => {
      const [ada, eve] = [await signUp(), await signUp()];
      await ada.patch("/v1/me/preferences", { language: "de", theme: "dark" });
      const first = await ada.get("/account");
      expect(first.text).toContain('<html lang="de" data-theme="dark">');
      const browser = kept(first);
      expect((await ada.get("/account", { cookie: `${ada.cookie}; ${browser}` })).headers.getSetCookie()).toEqual([]);
      const next = await eve.get("/account", { cookie: `${eve.cookie}; ${browser}` });
      // The language stays, as somebody may have chosen it in this browser; the colours are a person's.
      expect(next.text).toContain('<html lang="de">');
    }));

  test("a cookie that names no time zone shows times in UTC", () =>
    inSandbox(async ({ signUp }) => {
      const who = await signUp();
      const browser = kept(await who.get("/account")).replace(/gatehouse\.timezone=[^;]*/, "");
      const { status, text } = await who.get("/account/sessions", {
        cookie: `${who.cookie}; ${browser}; gatehouse.timezone=Nowhere%2FAtAll`,
      });
      expect([status, / UTC<\/time/.test(text)]).toEqual([200, true]);
    }));
});
