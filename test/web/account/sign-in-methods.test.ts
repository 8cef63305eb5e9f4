import { describe, expect, test } from "bun:test";
import type { Actor } from "../../harness/actor.ts";
import { inSandbox, type Service } from "../../harness/app.ts";
import { authenticator as device } from "../../harness/authenticator.ts";
import { signedUpByCode } from "../../harness/email-code.ts";
import { cookieOf } from "../../harness/cookies.ts";
import { assertion, registered } from "../../harness/passkeys.ts";
import { password } from "../../harness/people.ts";
import { openProvider } from "../../harness/provider.ts";
import { authenticator, holding } from "../../harness/two-factor.ts";
import { kept, sendForm } from "../forms.ts";

const ways = "/account/sign-in-methods";
const next = "a sentence to remember";
const hour = 3600_000;

const signsInWith = async ({ anonymous }: Service, { email }: Actor, password: string) =>
  (await anonymous.post("/api/auth/sign-in/email", { email, password })).status;
const field = (text: string, name: string) =>
  new RegExp(`name="${name}"[^>]* value="([^"]*)"`).exec(text)?.[1]?.replaceAll("&amp;", "&") ?? "";

describe("the page of passwords", () => {
  test("changes it; a wrong one and a weak one are told beside their fields, and change nothing", () =>
    inSandbox(async (service) => {
      const who = await service.signUp({ verified: true });
      const wrong = await sendForm(who, `${ways}/password`, { currentPassword: "not this one", newPassword: next });
      expect([wrong.status, wrong.text.includes('id="currentPassword-wrong"')]).toEqual([400, true]);
      expect(wrong.text).not.toContain("not this one");
      for (const weak of ["short", "password123", "x".repeat(129)]) {
        const refused = await sendForm(who, `${ways}/password`, { currentPassword: password, newPassword: weak });
        expect([weak, refused.status, refused.text.includes('id="newPassword-wrong"')]).toEqual([weak, 400, true]);
      }
      expect(await signsInWith(service, who, password)).toBe(200);
      const done = await sendForm(who, `${ways}/password`, { currentPassword: password, newPassword: next });
      expect([done.status, done.headers.get("location")]).toEqual([303, ways]);
      expect(await signsInWith(service, who, next)).toBe(200);
    }));

  test("takes it without another sign-in, however long ago the last one was: the password proves the person", () =>
    inSandbox(async (service) => {
      const who = await service.signUp({ verified: true });
      service.clock.advance(hour);
      const done = await sendForm(who, `${ways}/password`, { currentPassword: password, newPassword: next });
      expect([done.status, done.headers.get("location")]).toEqual([303, ways]);
      expect(await signsInWith(service, who, next)).toBe(200);
    }));

  test("offers who has none a mail by which to set one", () =>
    inSandbox(async (service) => {
      const who = await signedUpByCode(service, "ada@example.com");
      expect((await who.get(ways)).text).toContain("Mail me the link");
      service.mails.length = 0;
      expect((await sendForm(who, ways)).status).toBe(303);
      expect(service.mails.map(({ to }) => to)).toEqual(["ada@example.com"]);
    }));
});

describe("the pages of passkeys", () => {
  test("add what the browser made, rename it, and remove it after they have asked", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const page = await who.get(`${ways}/passkeys/new`, { "user-agent": "Mozilla/5.0 (X11; Linux) Firefox/145.0" });
      expect(page.text).toContain('value="Firefox, Linux"');
      expect(page.text).toMatch(/<noscript>.*your browser needs JavaScript/);
      const options = /data-passkey-options="([^"]+)"/.exec(page.text)?.[1]?.replaceAll("&quot;", '"') ?? "{}";
      const response = JSON.stringify(device().create(JSON.parse(options) as { challenge: string }));
      const browser = holding(service, [who.cookie, cookieOf(page.headers)].join("; "));
      const added = await sendForm(browser, `${ways}/passkeys/new`, { response, name: "My <i>laptop</i>" });
      expect([added.status, added.headers.get("location")]).toEqual([303, ways]);
      const shown = await who.get(ways);
      expect(shown.text).toContain("My &lt;i&gt;laptop&lt;/i&gt;");
      const id = /passkeys\/([^/"]+)\/remove/.exec(shown.text)?.[1] ?? "";
      expect((await sendForm(who, `${ways}/passkeys/${id}`, { name: "  " })).status).toBe(422);
      expect((await sendForm(who, `${ways}/passkeys/${id}`, { name: "Laptop" })).status).toBe(303);
      expect((await who.get(`${ways}/passkeys/${id}/remove`)).text).toContain("Remove Laptop?");
      expect((await sendForm(who, `${ways}/passkeys/${id}/remove`)).status).toBe(303);
      expect((await who.get(ways)).text).not.toContain("Laptop");
    }));

  test("say when one last signed somebody in, by the service's clock", () =>
    inSandbox(async (service) => {
      const { who, device } = await registered(service);
      expect((await who.get(ways)).text).toContain("not yet");
      service.clock.advance(3 * 24 * hour);
      const { who: asking, body } = await assertion(service, device);
      const signedIn = await asking.post("/api/auth/passkey/verify-authentication", body);
      const { text } = await holding(service, cookieOf(signedIn.headers)).get(ways);
      expect(text).toContain(`datetime="${service.clock.now().toISOString().slice(0, 10)}`);
      expect(text).not.toContain("not yet");
    }));

  test("what is no passkey is refused, and nothing is added", () =>
    inSandbox(async ({ signUp }) => {
      const who = await signUp();
      for (const response of ["", "{", "{}", '{"id":"x"}']) {
        const refused = await sendForm(who, `${ways}/passkeys/new`, { response, name: "x" });
        expect(refused.status).toBeGreaterThanOrEqual(400);
        expect(refused.status).toBeLessThan(500);
      }
      expect((await who.get("/v1/me/sign-in-methods")).body).toMatchObject({ passkeys: [] });
    }));

  test("404 for another person's passkey, which stays as it is", () =>
    inSandbox(async (service) => {
      const { who, id } = await registered(service);
      const other = await service.signUp();
      for (const path of [`${ways}/passkeys/${id}`, `${ways}/passkeys/${id}/remove`]) {
        expect((await other.get(path)).status).toBe(404);
        expect((await sendForm(other, path, { name: "Mine" })).status).toBe(404);
      }
      expect((await who.get("/v1/me/sign-in-methods")).body).toMatchObject({ passkeys: [{ id, name: "A key" }] });
    }));

  test("the last way to sign in isn't offered to be removed, and is refused when forced", () =>
    inSandbox(
      async (service) => {
        const { who: before, device, id } = await registered(service);
        await service.database.statement("", "delete from account where user_id = $1", [before.userId]);
        const { who: asking, body } = await assertion(service, device);
        const signedIn = await asking.post("/api/auth/passkey/verify-authentication", body);
        const who = holding(service, cookieOf(signedIn.headers));
        expect((await who.get(ways)).text).toContain("your last way to sign in");
        expect((await who.get(ways)).text).not.toContain(`${id}/remove`);
        const forced = await sendForm(who, `${ways}/passkeys/${id}/remove`);
        expect([forced.status, forced.text.includes("last way to sign in")]).toEqual([400, true]);
        expect((await who.get("/v1/me/sign-in-methods")).body).toMatchObject({ passkeys: [{ id }] });
      },
      { env: { EMAIL_CODE: "off" } },
    ));

  test("ask for a recent sign-in before anything is typed, and lead back", () =>
    inSandbox(async (service) => {
      const { who, id } = await registered(service);
      service.clock.advance(hour);
      for (const path of [`${ways}/passkeys/new`, `${ways}/passkeys/${id}/remove`, "/account/email"]) {
        const { status, headers } = await who.get(path);
        expect([status, headers.get("location")]).toEqual([
          303,
          `/auth/sign-in?reauthenticate=1&return_to=${encodeURIComponent(path)}`,
        ]);
      }
    }));
});

describe("the page of ways to sign in", () => {
  test("leads to a provider to connect it, by no redirect that a browser would stop", async () => {
    await using provider = await openProvider();
    await inSandbox(
      async (service) => {
        const who = await service.signUp();
        expect((await who.get(ways)).text).toContain("Connect");
        const away = await sendForm(who, ways, { provider: "elsewhere" });
        expect([away.status, away.headers.get("refresh")?.startsWith(`0; url=${provider.issuer}`)]).toEqual([
          200,
          true,
        ]);
        const unknown = await sendForm(who, ways, { provider: "nowhere" });
        expect([unknown.status >= 400 && unknown.status < 500, unknown.headers.get("refresh")]).toEqual([true, null]);
      },
      { env: provider.env("ELSEWHERE") },
    );
  });

  test("disconnects an account elsewhere after it has asked, and never the password by that path", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const id = Bun.randomUUIDv7();
      await service.database.statement(
        "",
        `insert into account (id, user_id, account_id, provider_id, created_at, updated_at) values ($1, $2, 'x', 'elsewhere', now(), now())`,
        [id, who.userId],
      );
      const { password: own } = (await who.get("/v1/me/sign-in-methods")).body as { password: { id: string } };
      expect((await who.get(`${ways}/providers/${own.id}/disconnect`)).status).toBe(404);
      expect((await who.get(`${ways}/providers/${id}/disconnect`)).text).toContain("Disconnect elsewhere?");
      expect((await sendForm(await service.signUp(), `${ways}/providers/${id}/disconnect`)).status).toBe(404);
      expect((await sendForm(who, `${ways}/providers/${id}/disconnect`)).status).toBe(303);
      expect((await who.get("/v1/me/sign-in-methods")).body).toMatchObject({ providers: [], password: { id: own.id } });
    }));
});

describe("the pages of the second factor", () => {
  const page = "/account/two-factor";

  test("turn it on by a code from the app, show the backup codes once, and turn it off by the password", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      const wrong = await sendForm(who, `${page}/set-up`, { password: "not this one" });
      expect([wrong.status, wrong.text.includes('id="password-wrong"')]).toEqual([400, true]);
      const begun = await sendForm(who, `${page}/set-up`, { password });
      const uri = field(begun.text, "uri");
      const backup = field(begun.text, "backup");
      expect(begun.text).toContain('src="data:image/svg+xml,');
      expect((await who.get(page)).text).toContain("Set up a second factor");
      const mistyped = await sendForm(who, `${page}/set-up`, { uri, backup, code: "000 000" });
      expect([mistyped.status >= 400, mistyped.text.includes('id="code-wrong"')]).toEqual([true, true]);
      expect(field(mistyped.text, "uri")).toBe(uri);
      const on = await sendForm(who, `${page}/set-up`, { uri, backup, code: await authenticator(uri)() });
      expect([on.status, on.text.includes(backup)]).toEqual([200, true]);
      const browser = holding(service, kept(on));
      expect((await browser.get(page)).text).toContain("You have 10 backup codes left.");
      const renewed = await sendForm(browser, `${page}/backup-codes`, { password });
      expect([renewed.status, renewed.text.includes(backup)]).toEqual([200, false]);
      const stays = await sendForm(browser, `${page}/off`, { password: "not this one" });
      expect([stays.status, stays.text.includes('id="password-wrong"')]).toEqual([400, true]);
      expect((await sendForm(browser, `${page}/off`, { password })).status).toBe(303);
    }));

  test("take the password for a recent sign-in, however long ago the last one was", () =>
    inSandbox(async (service) => {
      const who = await service.signUp();
      service.clock.advance(hour);
      const begun = await sendForm(who, `${page}/set-up`, { password });
      expect([begun.status, field(begun.text, "uri").startsWith("otpauth://totp/")]).toEqual([200, true]);
    }));

  test("show what a form brings along as text, and take nothing but an app's secret for one", () =>
    inSandbox(async ({ signUp }) => {
      const who = await signUp();
      for (const uri of [
        "javascript:alert(1)",
        "otpauth://hotp/x?secret=A",
        `otpauth://totp/x?secret=${"A".repeat(2000)}`,
      ]) {
        const { text } = await sendForm(who, `${page}/set-up`, { uri, code: "000000" });
        expect(text).not.toContain(uri.slice(0, 20));
      }
      const backup = "<script>alert(1)</script>";
      const shown = await sendForm(who, `${page}/set-up`, { uri: "otpauth://totp/x?secret=AAAA", backup, code: "1" });
      expect(shown.text).not.toContain(backup);
    }));
});
