import { describe, expect, test } from "bun:test";
import { inSandbox } from "../../harness/app.ts";
import { kept, sendForm } from "../forms.ts";

describe("the profile page", () => {
  test("changes name and picture; a picture that is no web address is told beside its field", () =>
    inSandbox(async ({ signUp }) => {
      const who = await signUp();
      const image = "https://pictures.example/ada.png";
      expect((await sendForm(who, "/account", { name: "Ada", image })).status).toBe(303);
      expect((await who.get("/v1/me")).body).toMatchObject({ principal: { name: "Ada", image } });
      const wrong = await sendForm(who, "/account", { name: "Ada", image: "javascript:alert(1)" });
      expect([wrong.status, wrong.text.includes('id="image-wrong"')]).toEqual([422, true]);
      expect((await sendForm(who, "/account", { name: "Ada", image: "" })).status).toBe(303);
      expect((await who.get("/v1/me")).body).toMatchObject({ principal: { image: null } });
    }));

  test("A22: shows markup in a name as what it is", () =>
    inSandbox(async ({ signUp }) => {
      const who = await signUp({ name: `<img src=x onerror="alert(1)">` });
      const { text } = await who.get("/account");
      expect(text).not.toContain("<img src=x");
      expect(text).toContain("&lt;img src=x");
    }));

  test("mails an address that isn't verified again, and says so once", () =>
    inSandbox(async ({ signUp, mails }) => {
      const who = await signUp({ email: "ada@example.com" });
      expect((await who.get("/account")).text).toContain("Send the mail again");
      const sent = await sendForm(who, "/account/email", { verify: "yes" });
      expect([sent.status, sent.headers.get("location")]).toEqual([303, "/account"]);
      const { text } = await who.get("/account", { cookie: `${who.cookie}; ${kept(sent)}` });
      expect(text).toContain("We have sent a mail to ada@example.com.");
      expect(mails.map(({ to }) => to)).toEqual(["ada@example.com"]);
      const verified = await signUp({ verified: true });
      expect((await verified.get("/account")).text).not.toContain("Send the mail again");
    }));

  test("asks for mails that change the address; what is no address is told beside its field", () =>
    inSandbox(async ({ signUp, mails }) => {
      const who = await signUp({ email: "old@example.com", verified: true });
      const wrong = await sendForm(who, "/account/email", { newEmail: "nowhere" });
      expect(wrong.status).toBe(400);
      expect(wrong.text).toContain('value="nowhere"');
      expect(wrong.text).toContain(`id="newEmail-wrong">This isn&#39;t an e-mail address.`);
      const asked = await sendForm(who, "/account/email", { newEmail: "new@example.com" });
      expect([asked.status, asked.headers.get("location")]).toEqual([303, "/account"]);
      expect(mails.length).toBe(1);
      expect((await who.get("/v1/me")).body).toMatchObject({ principal: { email: "old@example.com" } });
    }));
});
